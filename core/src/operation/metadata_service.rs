//! How the metadata service of an instance is reached, as the token machine knows it and calls need it.

use super::{ApiDate, Entry, Target};
use crate::error::{Error, ErrorCode};
use crate::wire::{BaseUrl, Invalid, Json};
use serde_json::json;

/// How the metadata service is reached: `TokenManager::metadata_service` says it, and `call` takes it. Where both live apart,
/// in two WebAssembly instances say, it crosses as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataService {
    /// Its address.
    pub base: BaseUrl,
    /// The version date that it is asked with.
    pub version: ApiDate,
    /// Whether it is that of a bare metal server.
    pub is_bare_metal: bool,
}

impl MetadataService {
    /// Where its operations are called.
    #[must_use]
    pub fn target(&self) -> Target {
        Target { version: Some(self.version), ..Target::new(self.base.clone()) }
    }

    /// It as a JSON object: `endpoint`, `version`, `bare_metal`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json!({ "endpoint": self.base.to_string(), "version": self.version.to_string(), "bare_metal": self.is_bare_metal }).to_string()
    }

    /// Reads what [`MetadataService::to_json`] wrote.
    ///
    /// # Errors
    /// `InvalidArgument` when it is something else.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let told = Json::parse(text.as_bytes()).map_err(|what| Error::new(ErrorCode::InvalidArgument, format!("metadata: {what}")))?;
        let bare_metal = told.get("bare_metal").and_then(serde_json::Value::as_bool);
        let (Some(endpoint), Some(version), Some(is_bare_metal)) = (told.text("endpoint"), told.text("version"), bare_metal) else {
            return Err(Invalid::new("metadata", text, "what the token machine says of its metadata service").into());
        };
        Ok(Self { base: BaseUrl::parse("endpoint", endpoint)?, version: ApiDate::parse("version", version)?, is_bare_metal })
    }

    /// The failure of an operation, with a note where a bare metal server lacks what was asked for.
    #[must_use]
    pub(crate) fn explain(&self, entry: Entry, error: Error) -> Error {
        let is_read = entry.path(None).starts_with("/metadata/");
        if !is_read || error.status() != Some(404) || !self.is_bare_metal {
            return error;
        }
        // The references of the service list the identity operations alone for bare metal servers.
        error.with_note("this is a bare metal server: its metadata service issues tokens and certificates, and has no metadata to read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "catalog-metadata")]
    fn only_a_bare_metal_server_lacks_what_can_be_read() {
        let base = BaseUrl::parse("base", "http://169.254.169.254").unwrap();
        let noted = |is_bare_metal, operation: &str, status| {
            let service = MetadataService { base: base.clone(), version: ApiDate::MIN, is_bare_metal };
            let error = Error::new(ErrorCode::NotFound, "m").with_status(status);
            service.explain(crate::catalog::find(operation).unwrap(), error).to_string().contains("bare metal")
        };
        assert!(noted(true, "metadata.get_instance", 404));
        assert!(!noted(false, "metadata.get_instance", 404));
        assert!(!noted(true, "metadata.get_instance", 403));
        assert!(!noted(true, "metadata.create_iam_token", 404));
    }

    #[test]
    fn it_crosses_as_text() {
        let (base, version) = (BaseUrl::parse("base", "http://169.254.169.254").unwrap(), ApiDate::parse("version", "2025-08-26").unwrap());
        let service = MetadataService { base, version, is_bare_metal: true };
        assert_eq!(MetadataService::from_json(&service.to_json()).unwrap(), service);
        for wrong in ["", "{}", r#"{"endpoint":"http://example.com","version":"2025-08-26","bare_metal":false}"#] {
            assert_eq!(MetadataService::from_json(wrong).unwrap_err().code(), ErrorCode::InvalidArgument, "{wrong}");
        }
    }
}
