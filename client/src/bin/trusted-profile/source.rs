//! From the command line to a source of tokens.

use crate::exit::{Exit, Failure};
use crate::input;
use clap::{Args, ValueEnum};
use serde::Deserialize;
use std::env;
use std::path::PathBuf;
use trusted_profile::{Builder, DEFAULT_SERVICE, Detected, Error, Secret, SourceOptions, TokenProvider};

/// Where IBM's own command line program finds its API key.
const API_KEY_VARIABLE: &str = "IBMCLOUD_API_KEY";

/// The options that say where the identity comes from, as `--service` does in another way.
const NAMING: [&str; 9] =
    ["source", "profile_id", "profile_crn", "profile_name", "cr_token_file", "endpoint", "protocol", "version_date", "scope"];

/// Where the identity comes from. Without any of these the environment decides.
#[derive(Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct SourceArguments {
    /// What vouches for this program
    ///
    /// Without it: if a profile, a token file, an endpoint, a protocol, a version date or a scope is named here, container in a pod
    /// or Code Engine and vpc_instance elsewhere, and no setting of the environment is used. If none is, the environment's
    /// configuration decides.
    #[arg(long, value_enum)]
    source: Option<Name>,
    /// Take the environment's configuration of this service, such as my-service for MY_SERVICE_AUTH_TYPE
    #[arg(long, value_name = "NAME", conflicts_with_all = NAMING)]
    service: Option<String>,
    /// The trusted profile by id
    #[arg(long, value_name = "ID")]
    profile_id: Option<String>,
    /// The trusted profile by CRN
    #[arg(long, value_name = "CRN")]
    profile_crn: Option<String>,
    /// The trusted profile by name
    #[arg(long, value_name = "NAME")]
    profile_name: Option<String>,
    /// The account of --profile-name, for assume
    #[arg(long, value_name = "ID", requires = "source")]
    account_id: Option<String>,
    /// The compute resource token's file, instead of the usual places
    #[arg(long, value_name = "FILE")]
    cr_token_file: Option<String>,
    /// A file with the API key, or - for standard input; without it IBMCLOUD_API_KEY is taken
    #[arg(long, value_name = "FILE", requires = "source")]
    api_key_file: Option<PathBuf>,
    /// For IAM: public, private, private(REGION) or an address; for the metadata service: an address
    #[arg(long, value_name = "ADDRESS")]
    endpoint: Option<String>,
    /// How the metadata service is spoken to: auto, http or https
    #[arg(long)]
    protocol: Option<String>,
    /// The version date of the metadata service
    #[arg(long, value_name = "YYYY-MM-DD")]
    version_date: Option<String>,
    /// Scopes, separated by blanks; rarely needed
    #[arg(long)]
    scope: Option<String>,
    /// For assume: the source whose token assumes the profile
    #[arg(long, value_enum, value_name = "SOURCE", requires = "source")]
    base: Option<Base>,
    /// For assume: the profile of the base, by id
    #[arg(long, value_name = "ID", requires = "base")]
    base_profile_id: Option<String>,
    /// For assume: the profile of the base, by CRN
    #[arg(long, value_name = "CRN", requires = "base")]
    base_profile_crn: Option<String>,
    /// For assume: the profile of the base, by name
    #[arg(long, value_name = "NAME", requires = "base")]
    base_profile_name: Option<String>,
    /// For assume: the endpoint of the base; a base that asks IAM takes --endpoint without it
    #[arg(long, value_name = "ADDRESS", requires = "base")]
    base_endpoint: Option<String>,
}

/// The sources by the names that options have everywhere.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Name {
    /// A VPC instance, by its metadata service
    VpcInstance,
    /// A bare metal server, by its metadata service
    BareMetal,
    /// A pod or Code Engine, by a compute resource token in a file
    Container,
    /// An API key
    ApiKey,
    /// Another profile, assumed with the token of --base
    Assume,
}

/// The sources that can stand below `assume`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Base {
    VpcInstance,
    BareMetal,
    Container,
    ApiKey,
}

impl From<Base> for Name {
    fn from(base: Base) -> Self {
        match base {
            Base::VpcInstance => Self::VpcInstance,
            Base::BareMetal => Self::BareMetal,
            Base::Container => Self::Container,
            Base::ApiKey => Self::ApiKey,
        }
    }
}

impl Name {
    const fn as_str(self) -> &'static str {
        match self {
            Self::VpcInstance => "vpc_instance",
            Self::BareMetal => "bare_metal",
            Self::Container => "container",
            Self::ApiKey => "api_key",
            Self::Assume => "assume",
        }
    }

    const fn asks_iam(self) -> bool {
        matches!(self, Self::Container | Self::ApiKey | Self::Assume)
    }
}

impl SourceArguments {
    /// A builder of the chosen source, or of what the environment says.
    pub(crate) fn builder(&self) -> Result<Builder, Failure> {
        match self.source {
            Some(Name::Assume) => Ok(Builder::from_options(self.assumed()?)),
            Some(name) => Ok(Builder::from_options(self.below(name, self.with_profile(name))?)),
            None if self.names_something() => self.detected(),
            None => self.environment(),
        }
    }

    fn names_something(&self) -> bool {
        let Self { profile_id, profile_crn, profile_name, endpoint, protocol, version_date, scope, cr_token_file, .. } = self;
        [profile_id, profile_crn, profile_name, endpoint, protocol, version_date, scope, cr_token_file].iter().any(|given| given.is_some())
    }

    /// The kind of source that this machine has, with what was named here and nothing else.
    fn detected(&self) -> Result<Builder, Failure> {
        let Detected { source, reason, .. } = trusted_profile::detect();
        let name = if source == Name::Container.as_str() { Name::Container } else { Name::VpcInstance };
        let options = self.below(name, self.with_profile(name))?;
        let because =
            |error: Error| Failure::new(Exit::of(&error), format!("{error}\n  the source is {source}: --source names none, and {reason}"));
        options.clone().into_source().map_err(because)?;
        Ok(Builder::from_options(options))
    }

    /// The settings that programs on IBM Cloud already have, or what kind of compute this is.
    fn environment(&self) -> Result<Builder, Failure> {
        Ok(TokenProvider::from_environment(self.service.as_deref().unwrap_or(DEFAULT_SERVICE))?)
    }

    fn with_profile(&self, name: Name) -> SourceOptions {
        SourceOptions {
            source: name.as_str().to_owned(),
            profile_id: self.profile_id.clone(),
            profile_crn: self.profile_crn.clone(),
            profile_name: self.profile_name.clone(),
            account_id: self.account_id.clone(),
            endpoint: self.endpoint.clone(),
            ..SourceOptions::default()
        }
    }

    /// `options` with what is about the source itself, not about the profile. What does not fit is
    /// refused by the library.
    fn below(&self, name: Name, options: SourceOptions) -> Result<SourceOptions, Failure> {
        Ok(SourceOptions {
            cr_token_file: self.cr_token_file.clone(),
            api_key: self.api_key(name)?,
            protocol: self.protocol.clone(),
            version: self.version_date.clone(),
            scope: self.scope.clone(),
            ..options
        })
    }

    fn assumed(&self) -> Result<SourceOptions, Failure> {
        let Some(base) = self.base.map(Name::from) else {
            // The library says what is missing.
            return self.below(Name::Assume, self.with_profile(Name::Assume));
        };
        let same_iam = self.endpoint.clone().filter(|_| base.asks_iam());
        let below = SourceOptions {
            source: base.as_str().to_owned(),
            profile_id: self.base_profile_id.clone(),
            profile_crn: self.base_profile_crn.clone(),
            profile_name: self.base_profile_name.clone(),
            endpoint: self.base_endpoint.clone().or(same_iam),
            ..SourceOptions::default()
        };
        Ok(SourceOptions { base: Some(Box::new(self.below(base, below)?)), ..self.with_profile(Name::Assume) })
    }

    fn api_key(&self, name: Name) -> Result<Option<Secret>, Failure> {
        if let Some(path) = &self.api_key_file {
            return input::secret(path).map(|text| Some(bare_key(text)));
        }
        if name != Name::ApiKey {
            return Ok(None);
        }
        let key = env::var(API_KEY_VARIABLE).ok().map(Secret::new).filter(|key| !key.is_empty());
        match &key {
            Some(key) if key.expose().starts_with('@') => Err(Failure::new(
                Exit::Configuration,
                format!("{API_KEY_VARIABLE} in the environment: expected the key itself, not @ and a file; --api-key-file names one"),
            )),
            _ => Ok(key),
        }
    }
}

/// The key in what IBM's console and command line program let users download: the key itself, or a
/// JSON object with it.
fn bare_key(text: Secret) -> Secret {
    serde_json::from_str(text.expose()).map_or(text, |Downloaded { apikey }| apikey)
}

/// The one member of a downloaded file that matters.
#[derive(Deserialize)]
struct Downloaded {
    apikey: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        source: SourceArguments,
    }

    fn options(line: &str) -> SourceOptions {
        let only = Only::try_parse_from(std::iter::once("x").chain(line.split_whitespace())).map_err(|e| e.to_string()).unwrap();
        only.source.builder().unwrap().options().clone()
    }

    #[test]
    fn the_base_of_an_assumed_profile_has_options_of_its_own() {
        let given = options("--source assume --profile-id P --endpoint private --base container --base-profile-id B --cr-token-file /t");
        assert_eq!((given.profile_id.as_deref(), given.endpoint.as_deref(), given.cr_token_file), (Some("P"), Some("private"), None));
        let base = given.base.unwrap();
        assert_eq!((base.source.as_str(), base.profile_id.as_deref(), base.endpoint.as_deref()), ("container", Some("B"), Some("private")));
        assert_eq!(base.cr_token_file.as_deref(), Some("/t"));
    }

    #[test]
    fn a_base_on_the_metadata_service_does_not_take_the_address_of_iam() {
        let given = options("--source assume --profile-id P --endpoint private --base vpc_instance --version-date 2026-01-30");
        let base = given.base.unwrap();
        assert_eq!((base.endpoint, base.version.as_deref()), (None, Some("2026-01-30")));
    }

    #[test]
    fn a_downloaded_key_file_holds_the_key() {
        for text in ["k", r#"{"name":"n","apikey":"k"}"#] {
            assert_eq!(bare_key(Secret::new(text)).expose(), "k");
        }
        assert_eq!(bare_key(Secret::new("{}")).expose(), "{}");
    }
}
