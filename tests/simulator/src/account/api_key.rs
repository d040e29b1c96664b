//! API keys of service IDs.

use serde::{Deserialize, Serialize};

use crate::identifiers;

/// An API key with its secret value. Its `Debug` form leaves the value out.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// `ApiKey-<uuid>`.
    pub id: String,
    /// What clients send as `apikey`.
    pub value: String,
    /// Name of the service ID it belongs to.
    pub name: String,
    /// `iam-ServiceId-<uuid>`.
    pub iam_id: String,
    /// Whether its tokens may manage trusted profiles.
    pub administrator: bool,
    /// Whether it works.
    pub state: ApiKeyState,
}

/// Whether an API key works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyState {
    /// It works.
    #[default]
    Active,
    /// Switched off by its owner: `BXNIM0420E`.
    Disabled,
    /// Locked by the service: `BXNIM0434E`.
    Locked,
}

/// What an API key is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NewApiKey {
    /// Name of its service ID.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether its tokens may manage trusted profiles.
    #[serde(default)]
    pub administrator: bool,
}

impl ApiKey {
    pub(crate) fn new(new: NewApiKey) -> Self {
        Self {
            id: format!("ApiKey-{}", identifiers::uuid()),
            value: format!("sim-{}", identifiers::secret()),
            name: new.name.unwrap_or_else(|| "service-id".to_owned()),
            iam_id: format!("iam-ServiceId-{}", identifiers::uuid()),
            administrator: new.administrator,
            state: ApiKeyState::Active,
        }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("id", &self.id).field("name", &self.name).field("state", &self.state).finish_non_exhaustive()
    }
}
