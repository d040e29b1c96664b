//! Identity token and IAM token of an instance or bare metal server.

use super::issued_token::IssuedToken;
use super::profile::Profile;
use super::{always, since_2025};
use crate::error::Error;
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, success};
use crate::wire::{BaseUrl, Invalid, object, to_text};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use serde_json::{Map, Value};
use std::time::Duration;

/// `PUT /identity/v1/token`: an identity token of the machine this runs on.
///
/// Source: VPC Identity API, "Create an identity token".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateIdentityToken {
    /// The life asked for, in whole seconds: 5 s to 3600 s. The service's default is 300 s.
    pub expires_in: Option<Duration>,
    /// A text of the caller's own that comes back in the answer and in the token's claims; the
    /// caller compares both. Known to the service since 2026-06-23.
    pub nonce: Option<String>,
}

impl CreateIdentityToken {
    /// Checks `expires_in`.
    ///
    /// # Errors
    /// `Invalid` names `expires_in` when it is not 5 s to 3600 s.
    pub fn validate(&self) -> Result<(), Invalid> {
        match self.expires_in {
            Some(life) if !(5..=3600).contains(&life.as_secs()) => {
                Err(Invalid::new("expires_in", format!("{} s", life.as_secs()), "5 to 3600 seconds"))
            }
            _ => Ok(()),
        }
    }
}

const METADATA_FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");

impl Operation for CreateIdentityToken {
    type Output = IssuedToken;
    const SPEC: OperationSpec = OperationSpec {
        id: "metadata.create_identity_token",
        method: Method::PUT,
        paths: &[since_2025("/identity/v1/token"), always("/instance_identity/v1/token")],
        auth: Auth::None,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        self.validate()?;
        let mut body = Map::new();
        if let Some(life) = self.expires_in {
            body.insert("expires_in".to_owned(), life.as_secs().into());
        }
        if let Some(nonce) = &self.nonce {
            body.insert("nonce".to_owned(), nonce.as_str().into());
        }
        let parts = RequestParts {
            version: Some(version),
            // Without it the service answers 400 `missing_value`.
            headers: vec![(METADATA_FLAVOR, HeaderValue::from_static("ibm"))],
            body: Some(("application/json", to_text(&Value::Object(body)).into_bytes())),
            ..RequestParts::default()
        };
        parts.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<IssuedToken>, Error> {
        IssuedToken::read(Self::SPEC.id, success(Self::SPEC.id, response)?)
    }
}

/// `POST /identity/v1/iam_tokens`: an IAM access token of a trusted profile, for an identity token
/// as bearer.
///
/// Source: VPC Identity API, "Create an IAM token".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateIamToken {
    /// The profile; none means the default trusted profile of the instance. No body is sent then,
    /// since an empty object is refused.
    pub trusted_profile: Option<Profile>,
}

impl Operation for CreateIamToken {
    type Output = IssuedToken;
    const SPEC: OperationSpec = OperationSpec {
        id: "metadata.create_iam_token",
        method: Method::POST,
        paths: &[since_2025("/identity/v1/iam_tokens"), always("/instance_identity/v1/iam_token")],
        auth: Auth::IdentityToken,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        let body = self.trusted_profile.as_ref().map(|profile| {
            let reference = match profile {
                Profile::Id(id) => ("id", id.as_str().into()),
                Profile::Crn(crn) => ("crn", crn.as_str().into()),
                Profile::Name { name, .. } => ("name", name.as_str().into()),
            };
            ("application/json", to_text(&object([("trusted_profile", object([reference]))])).into_bytes())
        });
        RequestParts { version: Some(version), body, ..RequestParts::default() }.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<IssuedToken>, Error> {
        IssuedToken::read(Self::SPEC.id, success(Self::SPEC.id, response)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_VERSION;
    use super::*;

    fn base() -> BaseUrl {
        BaseUrl::parse("endpoint", "http://169.254.169.254").unwrap()
    }

    #[test]
    fn identity_token() {
        let operation = CreateIdentityToken { expires_in: Some(Duration::from_secs(300)), nonce: Some("n\"1".into()) };
        let request = operation.request(&base(), DEFAULT_VERSION).unwrap();
        assert_eq!(
            (request.method(), request.uri().to_string().as_str()),
            (&Method::PUT, "http://169.254.169.254/identity/v1/token?version=2025-08-26")
        );
        assert_eq!(request.headers()["metadata-flavor"], "ibm");
        assert_eq!(request.headers()["accept"], "application/json");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.body(), br#"{"expires_in":300,"nonce":"n\"1"}"#);
        let old = CreateIdentityToken::default().request(&base(), ApiDate::new(2022, 3, 1)).unwrap();
        assert_eq!(old.uri().to_string(), "http://169.254.169.254/instance_identity/v1/token?version=2022-03-01");
        assert_eq!(old.body(), b"{}");
    }

    #[test]
    fn the_life_asked_for_is_checked() {
        for (seconds, ok) in [(4, false), (5, true), (3600, true), (3601, false)] {
            let operation = CreateIdentityToken { expires_in: Some(Duration::from_secs(seconds)), nonce: None };
            assert_eq!(operation.request(&base(), DEFAULT_VERSION).is_ok(), ok, "{seconds}");
        }
    }

    #[test]
    fn iam_token() {
        let body = |profile| {
            let request = CreateIamToken { trusted_profile: profile }.request(&base(), DEFAULT_VERSION).unwrap();
            assert_eq!(request.uri().to_string(), "http://169.254.169.254/identity/v1/iam_tokens?version=2025-08-26");
            assert_eq!(request.headers().contains_key("content-type"), !request.body().is_empty());
            String::from_utf8(request.into_body()).unwrap()
        };
        assert_eq!(body(None), "");
        assert_eq!(body(Some(Profile::Id("P\"".into()))), r#"{"trusted_profile":{"id":"P\""}}"#);
        assert_eq!(body(Some(Profile::Crn("crn:v1".into()))), r#"{"trusted_profile":{"crn":"crn:v1"}}"#);
        assert_eq!(body(Some(Profile::Name { name: "n".into(), account_id: None })), r#"{"trusted_profile":{"name":"n"}}"#);
        let old = CreateIamToken::default().request(&base(), ApiDate::new(2025, 8, 25)).unwrap();
        assert_eq!(old.uri().path(), "/instance_identity/v1/iam_token");
    }
}
