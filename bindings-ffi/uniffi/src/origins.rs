//! Where a program's own requests may take a token.

use crate::error_class::TrustedProfileError;
use std::sync::Arc;
use trusted_profile_core::{Error, wire};

/// The origins that may see a token, such as `https://us-south.iaas.cloud.ibm.com`: exact in scheme, host and port. https,
/// or http to this machine; no patterns; never link-local. For whatever adds tokens to requests, such as an interceptor.
#[derive(uniffi::Object)]
pub struct AllowedOrigins {
    origins: wire::AllowedOrigins,
}

#[uniffi::export]
impl AllowedOrigins {
    /// These and no others; none at all for an empty list.
    ///
    /// # Errors
    /// `InvalidArgument` names the origin that cannot be used.
    #[uniffi::constructor]
    pub fn new(origins: Vec<String>) -> Result<Arc<Self>, TrustedProfileError> {
        let origins = wire::AllowedOrigins::new(origins.iter().map(String::as_str)).map_err(Error::from)?;
        Ok(Arc::new(Self { origins }))
    }

    /// Whether a request to `url` may carry the token.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        self.origins.allows(url)
    }
}
