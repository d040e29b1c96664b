//! How a verifier is made.

use super::expected::Expected;
use super::shared::Shared;
use super::{Verifier, blocking};
use crate::facts;
use crate::transport::{Roots, Transport};
use std::path::PathBuf;
use std::sync::Arc;
use trusted_profile_core::Error;
use trusted_profile_core::token::IamEndpoint;

/// Options of a verifier, by their IBM names.
#[must_use]
pub struct VerifierBuilder {
    expected: Expected,
    endpoint: Option<String>,
    ca_bundle: Option<PathBuf>,
    private_proxy: Option<String>,
}

impl VerifierBuilder {
    pub(super) const fn new(issuer: String, account_id: String) -> Self {
        let expected = Expected { issuer, account_id, iam_id: None };
        Self { expected, endpoint: None, ca_bundle: None, private_proxy: None }
    }

    /// The IAM that keys are taken from: `public` (the default), `private`, `private(<region>)` or an
    /// address.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Only tokens with this `iam_id` are accepted, such as `iam-ServiceId-<uuid>`.
    pub fn iam_id(mut self, id: impl Into<String>) -> Self {
        self.expected.iam_id = Some(id.into());
        self
    }

    /// Only tokens of this trusted profile are accepted, by its id, such as
    /// `Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5`. Says the same as [`VerifierBuilder::iam_id`];
    /// the later of the two counts.
    pub fn profile_id(self, id: impl Into<String>) -> Self {
        let id = id.into();
        // An id that was left empty must not turn into one that is not.
        let iam_id = if id.is_empty() { id } else { format!("iam-{id}") };
        self.iam_id(iam_id)
    }

    /// A PEM file with further trusted roots for TLS, beside the system's.
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(path.into());
        self
    }

    /// A proxy for the private endpoints, which take none from the environment.
    pub fn private_proxy(mut self, address: impl Into<String>) -> Self {
        self.private_proxy = Some(address.into());
        self
    }

    /// The verifier, for programs on tokio. Nothing is sent before its first use.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used.
    pub fn build(self) -> Result<Verifier, Error> {
        self.shared().map(Verifier::over)
    }

    /// The verifier, for programs that block.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used.
    pub fn build_blocking(self) -> Result<blocking::Verifier, Error> {
        self.shared().map(blocking::Verifier::over)
    }

    fn shared(self) -> Result<Arc<Shared>, Error> {
        self.expected.validate()?;
        let endpoint = self.endpoint.as_deref().map_or(Ok(IamEndpoint::Public), IamEndpoint::parse)?;
        let transport = Transport::new(Roots::new(self.ca_bundle.as_ref())?, self.private_proxy.as_deref())?;
        Ok(Shared::new(self.expected, endpoint, transport, facts::look()))
    }
}
