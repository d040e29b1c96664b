//! A source as plain options: what every language's constructor is made of.

use super::endpoint::{IamEndpoint, Protocol};
use super::source::{ApiKey, Assume, Container, Iam, Metadata, Source};
use crate::error::Error;
use crate::operation::ApiDate;
use crate::secret::Secret;
use crate::services::{ClientCredentials, DEFAULT_VERSION, Profile};
use crate::wire::{BaseUrl, Invalid, Member, Members, read_options};
use serde::de::DeserializeSeed as _;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// The options of every source, by their IBM names. One that the chosen source does not know is an
/// error, never ignored.
#[derive(Clone, Debug, Default)]
pub struct SourceOptions {
    /// `vpc_instance`, `bare_metal`, `container`, `api_key`, `assume`, `external` or `bearer`.
    pub source: String,
    /// The trusted profile by id.
    pub profile_id: Option<String>,
    /// The trusted profile by CRN.
    pub profile_crn: Option<String>,
    /// The trusted profile by name.
    pub profile_name: Option<String>,
    /// The account of `profile_name`, for `assume`.
    pub account_id: Option<String>,
    /// The compute resource token itself, instead of its file; it is not renewed.
    pub cr_token: Option<Secret>,
    /// The compute resource token's file.
    pub cr_token_file: Option<String>,
    /// An API key.
    pub api_key: Option<Secret>,
    /// A token, for `bearer`.
    pub token: Option<Secret>,
    /// `public`, `private`, `private(<region>)` or an address. `assume` goes where its base goes, unless that asks another
    /// service than IAM; then, and for all others, the default is `public`.
    pub endpoint: Option<String>,
    /// `auto`, `http` or `https`, for the metadata service.
    pub protocol: Option<String>,
    /// The version date of the metadata service.
    pub version: Option<String>,
    /// The life of the identity token in seconds, 5 to 3600.
    pub identity_token_expires_in: Option<u64>,
    /// Scopes, separated by blanks.
    pub scope: Option<String>,
    /// A registered client's id; goes with `client_secret`.
    pub client_id: Option<String>,
    /// A registered client's secret.
    pub client_secret: Option<Secret>,
    /// The source whose token assumes the profile, for `assume`.
    pub base: Option<Box<Self>>,
}

const TITLE: &str = "struct SourceOptions";

impl Members for SourceOptions {
    fn title(&self) -> &'static str {
        TITLE
    }

    fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
        vec![
            ("source", Member::Text(&mut self.source)),
            ("profile_id", Member::MaybeText(&mut self.profile_id)),
            ("profile_crn", Member::MaybeText(&mut self.profile_crn)),
            ("profile_name", Member::MaybeText(&mut self.profile_name)),
            ("account_id", Member::MaybeText(&mut self.account_id)),
            ("cr_token", Member::MaybeSecret(&mut self.cr_token)),
            ("cr_token_file", Member::MaybeText(&mut self.cr_token_file)),
            ("api_key", Member::MaybeSecret(&mut self.api_key)),
            ("token", Member::MaybeSecret(&mut self.token)),
            ("endpoint", Member::MaybeText(&mut self.endpoint)),
            ("protocol", Member::MaybeText(&mut self.protocol)),
            ("version", Member::MaybeText(&mut self.version)),
            ("identity_token_expires_in", Member::MaybeNumber(&mut self.identity_token_expires_in)),
            ("scope", Member::MaybeText(&mut self.scope)),
            ("client_id", Member::MaybeText(&mut self.client_id)),
            ("client_secret", Member::MaybeSecret(&mut self.client_secret)),
            ("base", Member::MaybeObject(TITLE, &mut self.base)),
        ]
    }
}

impl<'de> Deserialize<'de> for SourceOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut options = Self::default();
        Member::Object(&mut options).deserialize(deserializer)?;
        Ok(options)
    }
}

impl SourceOptions {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// `InvalidArgument` when it is not an object of options; its text is not shown.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        read_options(text).map_err(|e| Invalid::new("source", e, "a JSON object of options by their names").into())
    }

    /// The source.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that is missing, mistaken or not of this source.
    pub fn into_source(self) -> Result<Source, Error> {
        Ok(self.check()?)
    }

    /// The same, with the mistake as it was found.
    pub(crate) fn check(self) -> Result<Source, Invalid> {
        let source = self.read()?;
        source.check()?;
        Ok(source)
    }

    fn read(mut self) -> Result<Source, Invalid> {
        let kind = std::mem::take(&mut self.source);
        let source = match kind.as_str() {
            "vpc_instance" => Source::VpcInstance(self.metadata()?),
            "bare_metal" => Source::BareMetal(self.metadata()?),
            "container" => {
                let profile = self.profile()?.ok_or_else(no_profile)?;
                let (cr_token, cr_token_file) = (self.cr_token.take(), self.cr_token_file.take());
                Source::Container(Container { profile, cr_token, cr_token_file, iam: self.iam()? })
            }
            "api_key" => {
                let api_key = self.api_key.take().ok_or_else(|| Invalid::new("api_key", "", "an API key"))?;
                Source::ApiKey(ApiKey { api_key, iam: self.iam()? })
            }
            "assume" => {
                let base = self
                    .base
                    .take()
                    .ok_or_else(|| Invalid::new("base", "", "the options of the source whose token assumes the profile"))?;
                let (base, profile) = (base.read()?, self.profile()?.ok_or_else(no_profile)?);
                // A token is not taken to another IAM than the one that issued it, unless the program says so.
                let endpoint = match base.iam() {
                    Some(iam) if self.endpoint.is_none() => iam.endpoint.clone(),
                    _ => self.iam_endpoint()?,
                };
                Source::Assume(Box::new(Assume { base, profile, endpoint }))
            }
            "external" => Source::External,
            "bearer" => Source::Bearer(self.token.take().ok_or_else(|| Invalid::new("token", "", "a token"))?),
            _ => return Err(Invalid::new("source", kind, "vpc_instance, bare_metal, container, api_key, assume, external or bearer")),
        };
        match self.left_over() {
            Some(option) => Err(Invalid::new(option, "a value", source.has_no_such_option())),
            None => Ok(source),
        }
    }

    fn metadata(&mut self) -> Result<Metadata, Invalid> {
        Ok(Metadata {
            profile: self.profile()?,
            protocol: self.protocol.take().as_deref().map_or(Ok(Protocol::Auto), Protocol::parse)?,
            endpoint: self.endpoint.take().map(|text| BaseUrl::parse("endpoint", &text)).transpose()?,
            version: self.version.take().map_or(Ok(DEFAULT_VERSION), |text| ApiDate::parse("version", &text))?,
            identity_token_expires_in: Duration::from_secs(self.identity_token_expires_in.take().unwrap_or(300)),
        })
    }

    fn profile(&mut self) -> Result<Option<Profile>, Invalid> {
        Profile::from_options(self.profile_id.take(), self.profile_crn.take(), self.profile_name.take(), self.account_id.take())
    }

    fn iam_endpoint(&mut self) -> Result<IamEndpoint, Invalid> {
        self.endpoint.take().as_deref().map_or(Ok(IamEndpoint::Public), IamEndpoint::parse)
    }

    fn iam(&mut self) -> Result<Iam, Invalid> {
        let client = match (self.client_id.take(), self.client_secret.take()) {
            (Some(id), Some(secret)) => Some(ClientCredentials { id, secret }),
            (None, None) => None,
            (Some(id), None) => return Err(Invalid::new("client_secret", id, "a secret along with client_id")),
            (None, Some(_)) => return Err(Invalid::new("client_id", "", "an id along with client_secret")),
        };
        Ok(Iam { endpoint: self.iam_endpoint()?, scope: self.scope.take(), client })
    }

    /// The first option that the source did not take.
    fn left_over(&mut self) -> Option<&'static str> {
        self.members().iter().find(|(_, member)| member.is_given()).map(|(name, _)| *name)
    }
}

fn no_profile() -> Invalid {
    Invalid::new("profile", "", "one of profile_id, profile_crn and profile_name")
}

impl Source {
    const fn has_no_such_option(&self) -> &'static str {
        match self {
            Self::VpcInstance(_) => "nothing, since vpc_instance has no such option",
            Self::BareMetal(_) => "nothing, since bare_metal has no such option",
            Self::Container(_) => "nothing, since container has no such option",
            Self::ApiKey(_) => "nothing, since api_key has no such option",
            Self::Assume(_) => "nothing, since assume has no such option",
            Self::External => "nothing, since external has no options",
            Self::Bearer(_) => "nothing, since bearer has no such option",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<String, String> {
        let source = SourceOptions::from_json(json).and_then(SourceOptions::into_source);
        source.map(|s| s.to_string()).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn every_source() {
        assert_eq!(
            read(r#"{"source":"vpc_instance","profile_id":"P","protocol":"http","version":"2026-01-30","identity_token_expires_in":60}"#)
                .unwrap(),
            "vpc_instance: profile_id P, version 2026-01-30, protocol http"
        );
        assert_eq!(
            read(r#"{"source":"bare_metal","endpoint":"http://127.0.0.1:1"}"#).unwrap(),
            "bare_metal: default trusted profile, version 2025-08-26, endpoint http://127.0.0.1:1"
        );
        assert_eq!(
            read(r#"{"source":"container","profile_name":"n","cr_token_file":"/t","endpoint":"private"}"#).unwrap(),
            "container: profile_name n, token file /t, endpoint private"
        );
        assert_eq!(
            read(r#"{"source":"container","profile_name":"n","cr_token":"c"}"#).unwrap(),
            "container: profile_name n, token given, endpoint public"
        );
        assert_eq!(
            read(r#"{"source":"api_key","api_key":"k","client_id":"a","client_secret":"b","scope":"s"}"#).unwrap(),
            "api_key: endpoint public"
        );
        assert_eq!(
            read(r#"{"source":"assume","profile_crn":"crn:v1","base":{"source":"api_key","api_key":"k"}}"#).unwrap(),
            "assume: profile_crn crn:v1, endpoint public, with the token of api_key: endpoint public"
        );
        for (own, base, expected) in [
            ("", "", "endpoint public"),
            ("", r#","endpoint":"private""#, "endpoint private"),
            (r#","endpoint":"public""#, r#","endpoint":"private""#, "endpoint public"),
        ] {
            let text = format!(r#"{{"source":"assume","profile_id":"P"{own},"base":{{"source":"api_key","api_key":"k"{base}}}}}"#);
            assert!(read(&text).unwrap().starts_with(&format!("assume: profile_id P, {expected}, with")), "{text}");
        }
        assert_eq!(read(r#"{"source":"external"}"#).unwrap(), "external");
        assert_eq!(read(r#"{"source":"bearer","token":"t"}"#).unwrap(), "bearer");
    }

    #[test]
    fn mistakes_name_the_option_and_never_a_secret() {
        let cases = [
            (r#"{"source":"vpc"}"#, "source: expected vpc_instance"),
            (r#"{}"#, "source: expected vpc_instance"),
            (r#"{"source":"container"}"#, "profile: expected one of"),
            (r#"{"source":"api_key"}"#, "api_key: expected an API key"),
            (r#"{"source":"assume","profile_id":"P"}"#, "base: expected"),
            (r#"{"source":"assume","base":{"source":"external"}}"#, "profile: expected"),
            (r#"{"source":"bearer"}"#, "token: expected"),
            (r#"{"source":"external","api_key":"hunter2"}"#, "api_key: expected nothing, since external"),
            (r#"{"source":"vpc_instance","cr_token_file":"/t"}"#, "cr_token_file: expected nothing, since vpc_instance"),
            (r#"{"source":"container","profile_id":"P","cr_token":"hunter2","cr_token_file":"/t"}"#, "cr_token_file: expected either"),
            (r#"{"source":"container","profile_id":"P","cr_token":"hunter2\n"}"#, "cr_token: expected the text of one token"),
            (r#"{"source":"container","profile_id":"P","protocol":"http"}"#, "protocol: expected nothing, since container"),
            (r#"{"source":"api_key","api_key":"k","client_id":"a"}"#, "client_secret: expected"),
            (r#"{"source":"api_key","api_key":"k","client_secret":"hunter2"}"#, "client_id: expected"),
            (r#"{"source":"vpc_instance","version":"soon"}"#, "version: expected a date"),
            (r#"{"source":"vpc_instance","protocol":"ftp"}"#, "protocol: expected auto"),
            (r#"{"source":"vpc_instance","identity_token_expires_in":1}"#, "identity_token_expires_in: expected 5"),
            (r#"{"source":"external","hunter2":1}"#, "source: expected a JSON object"),
            ("hunter2", "source: expected a JSON object"),
        ];
        for (json, start) in cases {
            let message = read(json).unwrap_err();
            assert!(message.starts_with(start) && !message.contains("hunter2"), "{json}: {message}");
        }
    }
}
