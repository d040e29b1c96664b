//! The second corpus: what is pure. Requests built, answers parsed, small languages read.

use crate::failure::Failure;
use crate::leaks::Leaks;
use crate::player::response;
use crate::pure;
use crate::request::Request;
use crate::same;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use trusted_profile_core::operation::{ApiDate, Operation};
use trusted_profile_core::services::{
    ClientCredentials, CreateIamToken, CreateIdentityCertificate, CreateIdentityToken, GetInstanceInitialization, GetOpenidConfiguration,
    GetToken, Grant, IssuedToken, ListIdentityKeys, Profile, ReadMetadata,
};
use trusted_profile_core::wire::BaseUrl;
use trusted_profile_core::{Error, ErrorCode, Secret};

/// One file of `operations/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// The schema's place, for editors.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The file's name without its ending.
    pub name: String,
    /// What the file shows.
    pub about: String,
    /// Where the expectations come from.
    pub origin: String,
    /// The rules and traps it covers.
    pub rules: Vec<String>,
    /// Texts that no rendering of a value or error may show.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// `build` cases.
    #[serde(default)]
    pub build: Vec<Build>,
    /// `parse` cases.
    #[serde(default)]
    pub parse: Vec<Parse>,
    /// Texts that are read by one of the small languages.
    #[serde(default)]
    pub read: Vec<pure::Read>,
    /// Texts that are encoded.
    #[serde(default)]
    pub encode: Vec<pure::Encode>,
    /// Texts that are cleaned of secrets.
    #[serde(default)]
    pub redact: Vec<pure::Redact>,
    /// Numbers of the generator behind every jitter.
    #[serde(default)]
    pub random: Vec<pure::Stream>,
}

/// Arguments in, a request or an error out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// `service.operation`.
    pub operation: String,
    /// Its arguments by name.
    pub arguments: Map<String, Value>,
    /// The service's address.
    pub base: String,
    /// The version date.
    #[serde(default)]
    pub version: Option<String>,
    /// The request.
    #[serde(default)]
    pub request: Option<Request>,
    /// Or why there is none.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// An answer in, a value or an error out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parse {
    /// `service.operation`.
    pub operation: String,
    /// For the reader.
    #[serde(default)]
    pub why: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// The value, without absent members.
    #[serde(default)]
    pub value: Option<Value>,
    /// Or the error.
    #[serde(default)]
    pub error: Option<Failure>,
}

impl Operations {
    /// Runs every case.
    ///
    /// # Errors
    /// The first case that does not come out as expected, and how.
    pub fn run(&self, path: &str) -> Result<(), String> {
        if path != format!("operations/{}.json", self.name) {
            return Err(format!("its name is {}", self.name));
        }
        let leaks = Leaks::new(&self.secrets);
        let mut cases = 0_usize;
        let mut each = |kind: &str, outcome: Result<(), String>| {
            cases = cases.saturating_add(1);
            outcome.map_err(|difference| format!("{kind} (case {cases} of the file): {difference}"))
        };
        self.build.iter().try_for_each(|case| each("build", case.run(&leaks)))?;
        self.parse.iter().try_for_each(|case| each("parse", case.run(&leaks)))?;
        self.read.iter().try_for_each(|case| each("read", case.run(&leaks)))?;
        self.encode.iter().try_for_each(|case| each("encode", case.run()))?;
        self.redact.iter().try_for_each(|case| each("redact", case.run()))?;
        self.random.iter().try_for_each(|case| each("random", case.run()))?;
        if cases == 0 { Err("there is no case".to_owned()) } else { Ok(()) }
    }
}

impl Build {
    fn run(&self, leaks: &Leaks) -> Result<(), String> {
        match (self.build(), &self.request, &self.error) {
            (Ok(found), Some(expected), None) => expected.check(&found),
            (Err(found), None, Some(expected)) => {
                leaks.check_text("the error", &found.to_string())?;
                leaks.check("the error", &found)?;
                expected.check(&found)
            }
            (Err(found), _, _) => Err(format!("no error was expected: {found}")),
            (Ok(found), _, _) => Err(format!("a request was not expected: {} {}", found.method(), found.uri())),
        }
    }

    fn build(&self) -> Result<http::Request<Vec<u8>>, Error> {
        let base = BaseUrl::parse("endpoint", &self.base)?;
        let version = ApiDate::parse("version", self.version.as_deref().unwrap_or("2025-08-26"))?;
        let arguments = Arguments(&self.arguments);
        match self.operation.as_str() {
            "metadata.create_identity_token" => {
                CreateIdentityToken { expires_in: arguments.seconds("expires_in"), nonce: arguments.text("nonce") }.request(&base, version)
            }
            "metadata.create_iam_token" => CreateIamToken { trusted_profile: arguments.profile()? }.request(&base, version),
            "metadata.create_identity_certificate" => {
                let csr = arguments.text("csr").unwrap_or_default();
                CreateIdentityCertificate { csr, expires_in: arguments.seconds("expires_in") }.request(&base, version)
            }
            "metadata.get_instance_initialization" => GetInstanceInitialization {}.request(&base, version),
            "metadata.read" => {
                let id = arguments.text("id");
                ReadMetadata::new(&arguments.text("document").unwrap_or_default(), id.as_deref())?.request(&base, version)
            }
            "iam_token.get_token" => arguments.get_token()?.request(&base, version),
            "iam_token.list_identity_keys" => ListIdentityKeys {}.request(&base, version),
            "iam_token.get_openid_configuration" => GetOpenidConfiguration {}.request(&base, version),
            other => Err(Error::new(ErrorCode::Internal, format!("there is no operation {other}"))),
        }
    }
}

struct Arguments<'a>(&'a Map<String, Value>);

impl Arguments<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn secret(&self, name: &str) -> Secret {
        Secret::new(self.text(name).unwrap_or_default())
    }

    fn seconds(&self, name: &str) -> Option<Duration> {
        self.0.get(name)?.as_u64().map(Duration::from_secs)
    }

    fn profile(&self) -> Result<Option<Profile>, Error> {
        let text = |name| self.text(name);
        Ok(Profile::from_options(text("profile_id"), text("profile_crn"), text("profile_name"), text("account_id"))?)
    }

    fn get_token(&self) -> Result<GetToken, Error> {
        let unfit = |what: &str| Error::new(ErrorCode::Internal, format!("the vector lacks {what}"));
        let profile = || self.profile()?.ok_or_else(|| unfit("a profile"));
        let grant = match self.text("grant").as_deref() {
            Some("cr_token") => Grant::CrToken { cr_token: self.secret("cr_token"), profile: profile()? },
            Some("api_key") => Grant::ApiKey { api_key: self.secret("api_key") },
            Some("assume") => Grant::Assume { access_token: self.secret("access_token"), profile: profile()? },
            Some("refresh_token") => Grant::RefreshToken { refresh_token: self.secret("refresh_token") },
            _ => return Err(unfit("a grant")),
        };
        let client = self.text("client_id").map(|id| ClientCredentials { id, secret: self.secret("client_secret") });
        Ok(GetToken { grant, scope: self.text("scope"), client })
    }
}

impl Parse {
    fn run(&self, leaks: &Leaks) -> Result<(), String> {
        let body = match (&self.body, &self.json) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(json)) => json.to_string().into_bytes(),
            _ => return Err("exactly one body".to_owned()),
        };
        let parsed = parse(&self.operation, response(self.status, &self.headers, body)?, leaks)?;
        match (parsed, &self.value, &self.error) {
            (Ok(found), Some(expected), None) => same("value", expected, &found),
            (Err(found), None, Some(expected)) => {
                leaks.check_text("the error", &found.to_string())?;
                leaks.check("the error", &found)?;
                expected.check(&found)
            }
            (Err(found), _, _) => Err(format!("no error was expected: {found}")),
            (Ok(found), _, _) => Err(format!("a value was not expected: {found}")),
        }
    }
}

type Parsed = Result<Value, Error>;

/// The value as JSON without absent members; its `Debug` shows no secret.
fn parse(operation: &str, response: http::Response<Vec<u8>>, leaks: &Leaks) -> Result<Parsed, String> {
    fn read<O: Operation>(
        response: http::Response<Vec<u8>>,
        leaks: &Leaks,
        show: impl FnOnce(&O::Output) -> Value,
    ) -> Result<Parsed, String>
    where
        O::Output: std::fmt::Debug,
    {
        match O::parse(response) {
            Ok(reply) => leaks.check("the value", &reply).map(|()| Ok(pure::without_nulls(show(&reply.value)))),
            Err(error) => Ok(Err(error)),
        }
    }
    match operation {
        "metadata.create_identity_token" => read::<CreateIdentityToken>(response, leaks, issued),
        "metadata.create_iam_token" => read::<CreateIamToken>(response, leaks, issued),
        "iam_token.get_token" => read::<GetToken>(response, leaks, issued),
        "metadata.create_identity_certificate" => read::<CreateIdentityCertificate>(
            response,
            leaks,
            |v| json!({ "certificates": v.certificates, "id": v.id, "created_at": v.created_at, "expires_at": v.expires_at }),
        ),
        "metadata.get_instance_initialization" => read::<GetInstanceInitialization>(response, leaks, |v| {
            let profile = v.default_trusted_profile.as_ref();
            let profile = profile.map(|p| json!({ "auto_link": p.auto_link, "id": p.id, "crn": p.crn }));
            json!({ "default_trusted_profile": profile, "user_data": v.user_data.as_ref().map(Secret::expose), "json": v.json })
        }),
        "metadata.read" => read::<ReadMetadata>(response, leaks, |v| json!({ "text": v.text.expose(), "json": v.json })),
        "iam_token.list_identity_keys" => read::<ListIdentityKeys>(response, leaks, |keys| {
            keys.iter().map(|k| json!({ "kid": k.kid, "kty": k.kty, "alg": k.alg, "n": k.n, "e": k.e })).collect()
        }),
        "iam_token.get_openid_configuration" => read::<GetOpenidConfiguration>(
            response,
            leaks,
            |v| json!({ "issuer": v.issuer, "token_endpoint": v.token_endpoint, "jwks_uri": v.jwks_uri }),
        ),
        other => Err(format!("there is no operation {other}")),
    }
}

fn issued(token: &IssuedToken) -> Value {
    json!({
        "access_token": token.access_token.expose(),
        "expires_in": token.expires_in.as_secs(),
        "issued_at": token.issued_at,
        "nonce": token.nonce,
        "refresh_token": token.refresh_token.as_ref().map(Secret::expose),
    })
}
