//! A source as plain options.

use crate::error_class::TrustedProfileError;
use crate::numbers::{signed, unsigned};
use std::fmt;
use trusted_profile_core::{Secret, token};

/// A source with all its options by their IBM names. What the chosen source does not know is an error, never ignored. As
/// text, it shows no secret.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct SourceOptions {
    /// `vpc_instance`, `bare_metal`, `container`, `api_key`, `assume`, `external` or `bearer`.
    #[uniffi(default)]
    pub source: String,
    /// The trusted profile by id.
    #[uniffi(default)]
    pub profile_id: Option<String>,
    /// The trusted profile by CRN.
    #[uniffi(default)]
    pub profile_crn: Option<String>,
    /// The trusted profile by name.
    #[uniffi(default)]
    pub profile_name: Option<String>,
    /// The account of `profile_name`, for `assume`.
    #[uniffi(default)]
    pub account_id: Option<String>,
    /// The compute resource token itself, instead of its file; it is not renewed.
    #[uniffi(default)]
    pub cr_token: Option<String>,
    /// The compute resource token's file.
    #[uniffi(default)]
    pub cr_token_file: Option<String>,
    /// An API key.
    #[uniffi(default)]
    pub api_key: Option<String>,
    /// A token, for `bearer`.
    #[uniffi(default)]
    pub token: Option<String>,
    /// `public`, `private`, `private(<region>)` or an address.
    #[uniffi(default)]
    pub endpoint: Option<String>,
    /// `auto`, `http` or `https`, for the metadata service.
    #[uniffi(default)]
    pub protocol: Option<String>,
    /// The version date of the metadata service, `YYYY-MM-DD`.
    #[uniffi(default)]
    pub version: Option<String>,
    /// The life of the identity token in seconds, 5 to 3600.
    #[uniffi(default)]
    pub identity_token_expires_in: Option<i64>,
    /// Scopes, separated by blanks. Rarely needed.
    #[uniffi(default)]
    pub scope: Option<String>,
    /// A client registered with IAM. Rarely needed.
    #[uniffi(default)]
    pub client_id: Option<String>,
    /// Its secret.
    #[uniffi(default)]
    pub client_secret: Option<String>,
    /// The source whose token assumes the profile, for `assume`.
    #[uniffi(default)]
    pub base: Option<Box<SourceOptions>>,
}

/// The source that a JSON object describes, such as `{"source": "container", "profile_id": "Profile-..."}`.
///
/// # Errors
/// `InvalidArgument` names the option that is unknown or of another type; the text is not shown.
#[uniffi::export]
pub fn source_from_json(text: &str) -> Result<SourceOptions, TrustedProfileError> {
    Ok(token::SourceOptions::from_json(text)?.into())
}

impl SourceOptions {
    pub(crate) fn named(source: &str) -> Self {
        Self { source: source.to_owned(), ..Self::default() }
    }

    /// Whether a callback is needed.
    pub(crate) fn is_external(&self) -> bool {
        self.source == "external" || self.base.as_deref().is_some_and(Self::is_external)
    }

    pub(crate) fn into_core(self) -> Result<token::SourceOptions, TrustedProfileError> {
        let life = self.identity_token_expires_in.map(|seconds| unsigned("identity_token_expires_in", seconds));
        let base = self.base.map(|base| base.into_core().map(Box::new));
        Ok(token::SourceOptions {
            source: self.source,
            profile_id: self.profile_id,
            profile_crn: self.profile_crn,
            profile_name: self.profile_name,
            account_id: self.account_id,
            cr_token: self.cr_token.map(Secret::new),
            cr_token_file: self.cr_token_file,
            api_key: self.api_key.map(Secret::new),
            token: self.token.map(Secret::new),
            endpoint: self.endpoint,
            protocol: self.protocol,
            version: self.version,
            identity_token_expires_in: life.transpose()?,
            scope: self.scope,
            client_id: self.client_id,
            client_secret: self.client_secret.map(Secret::new),
            base: base.transpose()?,
        })
    }
}

impl From<token::SourceOptions> for SourceOptions {
    fn from(options: token::SourceOptions) -> Self {
        let shown = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        Self {
            source: options.source,
            profile_id: options.profile_id,
            profile_crn: options.profile_crn,
            profile_name: options.profile_name,
            account_id: options.account_id,
            cr_token: shown(options.cr_token),
            cr_token_file: options.cr_token_file,
            api_key: shown(options.api_key),
            token: shown(options.token),
            endpoint: options.endpoint,
            protocol: options.protocol,
            version: options.version,
            identity_token_expires_in: options.identity_token_expires_in.map(signed),
            scope: options.scope,
            client_id: options.client_id,
            client_secret: shown(options.client_secret),
            base: options.base.map(|base| Box::new(Self::from(*base))),
        }
    }
}

impl fmt::Display for SourceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a password as long as nobody has refused it.
        write!(f, "SourceOptions({})", self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"source": "s", "profile_id": "i", "profile_crn": "c", "profile_name": "n", "account_id": "a",
        "cr_token": "cr-token-secret", "cr_token_file": "f", "api_key": "api-key-secret", "token": "token-secret", "endpoint": "e",
        "protocol": "p", "version": "v", "identity_token_expires_in": 5, "scope": "sc", "client_id": "ci",
        "client_secret": "client-secret", "base": {"source": "external"}}"#;

    #[test]
    fn no_option_is_lost_between_the_two() {
        let options = source_from_json(ALL).unwrap();
        assert!(options.is_external());
        let (there, back) = (token::SourceOptions::from_json(ALL).unwrap(), options.into_core().unwrap());
        // Debug hides secrets, but not whether there is one.
        assert_eq!(format!("{there:?}"), format!("{back:?}"));
        for (given, kept) in [(&there.cr_token, &back.cr_token), (&there.api_key, &back.api_key), (&there.token, &back.token)] {
            assert_eq!(given.as_ref().unwrap().expose(), kept.as_ref().unwrap().expose());
        }
        assert_eq!(there.client_secret.unwrap().expose(), back.client_secret.unwrap().expose());
    }

    #[test]
    fn secrets_are_not_shown() {
        let options = source_from_json(ALL).unwrap();
        assert_eq!(options.to_string(), "SourceOptions(s)");
        let refused = SourceOptions { identity_token_expires_in: Some(-5), ..options }.into_core().unwrap_err();
        assert!(
            refused.to_string().contains("identity_token_expires_in: expected") && !refused.to_string().contains("secret"),
            "{refused}"
        );
    }
}
