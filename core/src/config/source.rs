//! From properties to the options of a source.

use super::properties::Properties;
use super::{Configuration, names, refuse};
use crate::error::{Error, ErrorCode};
use crate::token::SourceOptions;

/// What a setting of IBM's SDKs asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AuthType {
    ApiKey,
    Assume,
    Container,
    VpcInstance,
    BareMetal,
    Bearer,
}

impl AuthType {
    /// IBM's names, in any case, and those of this library's sources.
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "iam" | "api_key" => Self::ApiKey,
            "iamassume" | "assume" => Self::Assume,
            "container" => Self::Container,
            "vpc" | "vpc_instance" => Self::VpcInstance,
            "bare_metal" => Self::BareMetal,
            "bearertoken" | "bearer" => Self::Bearer,
            _ => return None,
        })
    }

    const fn source(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Assume => "assume",
            Self::Container => "container",
            Self::VpcInstance => "vpc_instance",
            Self::BareMetal => "bare_metal",
            Self::Bearer => "bearer",
        }
    }
}

/// The source that `properties` describe.
///
/// # Errors
/// `InvalidArgument` names the property that is missing or cannot be used.
pub(super) fn read(prefix: &str, mut properties: Properties) -> Result<Configuration, Error> {
    properties.refuse_disabled_tls()?;
    let (auth_type, reason) = auth_type(prefix, &mut properties)?;
    let mut options = SourceOptions { source: auth_type.source().to_owned(), ..SourceOptions::default() };
    let p = &mut properties;
    match auth_type {
        AuthType::VpcInstance | AuthType::BareMetal => {
            profile(p, &mut options)?;
            metadata(p, &mut options)?;
        }
        AuthType::Container => {
            profile(p, &mut options)?;
            options.cr_token_file = p.take_text("CR_TOKEN_FILENAME", "cr_token_file")?;
            iam(p, &mut options)?;
        }
        AuthType::ApiKey => api_key(prefix, p, &mut options)?,
        AuthType::Assume => {
            let mut base = SourceOptions { source: "api_key".to_owned(), ..SourceOptions::default() };
            api_key(prefix, p, &mut base)?;
            profile(p, &mut options)?;
            options.account_id = p.take_text("IAM_ACCOUNT_ID", "account_id")?;
            options.endpoint.clone_from(&base.endpoint);
            options.base = Some(Box::new(base));
        }
        AuthType::Bearer => options.token = p.take("BEARER_TOKEN", "token")?,
    }
    let passed_over = properties.others();
    Ok(Configuration { options, reason, settings: properties.settings, passed_over, profile_settings: names::of_profile(prefix) })
}

/// The kind of source, as said or by the rule of IBM's SDKs: an API key if there is one, else a container.
fn auth_type(prefix: &str, properties: &mut Properties) -> Result<(AuthType, String), Error> {
    for name in ["AUTH_TYPE", "AUTHTYPE"] {
        let Some(found) = properties.find(name).cloned() else { continue };
        let Some(said) = properties.take_text(name, "source")? else { continue };
        let auth_type = AuthType::parse(&said).ok_or_else(|| {
            let shown = format!("expected iam, iamAssume, container, vpc, bare_metal or bearerToken, got {said:?}");
            let what = match said.to_ascii_lowercase().as_str() {
                "basic" | "noauth" | "cp4d" | "mcsp" | "mcspv2" => format!("{shown}, which has no token of IAM"),
                _ => shown,
            };
            refuse(&found.key, &found.origin, &what)
        })?;
        return Ok((auth_type, format!("{} in {} says {said}", found.key, found.origin)));
    }
    let key = ["APIKEY", "IAM_APIKEY"].into_iter().find_map(|name| properties.find(name));
    Ok(match key {
        Some(key) => (AuthType::ApiKey, format!("there is {} in {}, and no AUTH_TYPE", key.key, key.origin)),
        None => (AuthType::Container, format!("there are settings that begin with {prefix}, but neither AUTH_TYPE nor APIKEY among them")),
    })
}

fn profile(properties: &mut Properties, options: &mut SourceOptions) -> Result<(), Error> {
    options.profile_id = properties.take_text("IAM_PROFILE_ID", "profile_id")?;
    options.profile_crn = properties.take_text("IAM_PROFILE_CRN", "profile_crn")?;
    options.profile_name = properties.take_text("IAM_PROFILE_NAME", "profile_name")?;
    Ok(())
}

fn api_key(prefix: &str, properties: &mut Properties, options: &mut SourceOptions) -> Result<(), Error> {
    let name = if properties.has("APIKEY") { "APIKEY" } else { "IAM_APIKEY" };
    options.api_key = properties.take(name, "api_key")?;
    if options.api_key.is_none() {
        let refresh = if properties.has("REFRESH_TOKEN") { "; a refresh token alone does not serve" } else { "" };
        return Err(Error::new(ErrorCode::InvalidArgument, format!("{prefix}APIKEY: expected an API key, got nothing{refresh}")));
    }
    iam(properties, options)
}

fn iam(properties: &mut Properties, options: &mut SourceOptions) -> Result<(), Error> {
    options.endpoint = endpoint(properties)?;
    options.client_id = properties.take_text("CLIENT_ID", "client_id")?;
    options.client_secret = properties.take("CLIENT_SECRET", "client_secret")?;
    options.scope = properties.take_text("SCOPE", "scope")?;
    Ok(())
}

/// `AUTH_URL` is IBM's; `AUTH_ENDPOINT` is this library's, and takes `private` and `private(<region>)` as well.
fn endpoint(properties: &mut Properties) -> Result<Option<String>, Error> {
    let second = properties.find("AUTH_ENDPOINT").cloned();
    match (properties.take_text("AUTH_URL", "endpoint")?, properties.take_text("AUTH_ENDPOINT", "endpoint")?, second) {
        (Some(_), Some(_), Some(found)) => Err(refuse(&found.key, &found.origin, "expected either this or AUTH_URL")),
        (first, second, _) => Ok(first.or(second)),
    }
}

fn metadata(properties: &mut Properties, options: &mut SourceOptions) -> Result<(), Error> {
    let address = endpoint(properties)?;
    options.version = properties.take_text("VPC_IMS_VERSION", "version")?;
    options.protocol = properties.take_text("VPC_IMS_PROTOCOL", "protocol")?;
    if let Some(address) = address {
        metadata_address(&address, options);
    }
    Ok(())
}

/// IBM's documents name the service's own addresses in `AUTH_URL` to say http or https. That is what
/// `protocol` is for here, and it knows which of the two names goes with which (R22).
pub(super) fn metadata_address(address: &str, options: &mut SourceOptions) {
    let protocol = match address.trim_end_matches('/') {
        "http://169.254.169.254" | "http://api.metadata.cloud.ibm.com" => "http",
        "https://api.metadata.cloud.ibm.com" => "https",
        _ => {
            options.endpoint = Some(address.to_owned());
            return;
        }
    };
    options.protocol.get_or_insert_with(|| protocol.to_owned());
}
