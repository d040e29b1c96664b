//! Tokens as programs see them. Their text is in two methods and nowhere else.

use crate::time::Now;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use trusted_profile_core::wire::to_text;

/// A step of the chain that leads to the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Slot {
    /// The identity token of the instance or bare metal server.
    Identity,
    /// The IAM token of the source itself.
    Iam,
    /// The IAM token of the profile that was assumed with the one before.
    Assumed,
}

impl From<trusted_profile_core::Slot> for Slot {
    fn from(slot: trusted_profile_core::Slot) -> Self {
        match slot {
            trusted_profile_core::Slot::Identity => Self::Identity,
            trusted_profile_core::Slot::Iam => Self::Iam,
            trusted_profile_core::Slot::Assumed => Self::Assumed,
        }
    }
}

impl From<Slot> for trusted_profile_core::Slot {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::Identity => Self::Identity,
            Slot::Iam => Self::Iam,
            Slot::Assumed => Self::Assumed,
        }
    }
}

/// An IAM access token. `value` is its text, and `authorization` the header that carries it; as text, the object
/// itself shows neither.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct AccessToken {
    pub(crate) token: trusted_profile_core::AccessToken,
}

#[uniffi::export]
impl AccessToken {
    /// The token's text, for the one place that sends it.
    #[must_use]
    pub fn value(&self) -> String {
        self.token.expose().to_owned()
    }

    /// `Bearer <token>`, the value of the `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> String {
        ["Bearer ", self.token.expose()].concat()
    }

    /// When the token ends, if that is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        // Later than any calendar of these languages can say.
        const BEYOND: u64 = 1 << 54;
        let end = self.token.expires_at().unix;
        if end.as_secs() >= BEYOND { None } else { SystemTime::UNIX_EPOCH.checked_add(end) }
    }

    /// The step of the chain that the token belongs to.
    #[must_use]
    pub fn slot(&self) -> Slot {
        self.token.slot().into()
    }

    /// Which of the tokens of its step this is, counted from 1.
    #[must_use]
    pub fn generation(&self) -> i64 {
        crate::numbers::signed(self.token.generation())
    }

    /// The token is not to be used once either clock has reached this.
    #[must_use]
    pub fn usable_until(&self) -> Now {
        self.token.usable_until().into()
    }

    /// The token is refreshed by the first call after either clock has reached this.
    #[must_use]
    pub fn refresh_at(&self) -> Now {
        self.token.refresh_at().into()
    }

    /// What the token says about itself, as a JSON object, if it is a JWT. Nothing is verified: not for decisions about
    /// trust.
    #[must_use]
    pub fn unverified_claims(&self) -> Option<String> {
        self.token.unverified_claims().map(|claims| to_text(claims.json().as_value()))
    }
}

impl AccessToken {
    pub(crate) fn of(token: trusted_profile_core::AccessToken) -> Arc<Self> {
        Arc::new(Self { token })
    }
}

impl fmt::Display for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = self.token.slot().as_str();
        write!(f, "AccessToken({slot}, generation {})", self.token.generation())
    }
}
