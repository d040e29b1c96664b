//! The keys IAM signs with, and where its endpoints are.

use super::always;
use crate::error::{Error, ErrorCode};
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, json_body, success};
use crate::wire::{BaseUrl, Json};
use http::{Method, Request, Response};
use serde_json::Value;

/// `GET /identity/keys`: the public keys of IAM access tokens, as a JSON Web Key Set (RFC 7517).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListIdentityKeys {}

/// One public key of the set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonWebKey {
    /// The key id that token headers name.
    pub kid: String,
    /// The key type, `RSA`.
    pub kty: String,
    /// The algorithm, if told.
    pub alg: Option<String>,
    /// RSA modulus, base64url.
    pub n: Option<String>,
    /// RSA exponent, base64url.
    pub e: Option<String>,
}

impl Operation for ListIdentityKeys {
    type Output = Vec<JsonWebKey>;
    const SPEC: OperationSpec = OperationSpec {
        id: "iam_token.list_identity_keys",
        method: Method::GET,
        paths: &[always("/identity/keys")],
        auth: Auth::None,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        RequestParts::default().build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<Vec<JsonWebKey>>, Error> {
        let reply = success(Self::SPEC.id, response)?;
        let json = json_body(Self::SPEC.id, &reply)?;
        let keys = json
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| Error::new(ErrorCode::MalformedResponse, format!("{} was answered without keys", Self::SPEC.id)))?;
        // A key of a kind nobody knows yet must not hide the others.
        let value = keys.iter().filter_map(read_key).collect();
        Ok(Reply { status: reply.status, headers: reply.headers, value })
    }
}

fn read_key(key: &Value) -> Option<JsonWebKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(JsonWebKey { kid: text("kid")?, kty: text("kty")?, alg: text("alg"), n: text("n"), e: text("e") })
}

/// `GET /identity/.well-known/openid-configuration`: OpenID Connect discovery. Its endpoints are
/// for show: they may be regional, and are never called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GetOpenidConfiguration {}

/// The discovery document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenidConfiguration {
    /// The `iss` of access tokens.
    pub issuer: Option<String>,
    /// Where tokens are issued.
    pub token_endpoint: Option<String>,
    /// Where the keys are.
    pub jwks_uri: Option<String>,
    /// The whole document.
    pub json: Json,
}

impl Operation for GetOpenidConfiguration {
    type Output = OpenidConfiguration;
    const SPEC: OperationSpec = OperationSpec {
        id: "iam_token.get_openid_configuration",
        method: Method::GET,
        paths: &[always("/identity/.well-known/openid-configuration")],
        auth: Auth::None,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        RequestParts::default().build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<OpenidConfiguration>, Error> {
        let reply = success(Self::SPEC.id, response)?;
        let json = json_body(Self::SPEC.id, &reply)?;
        let text = |name| json.text(name).map(str::to_owned);
        let value =
            OpenidConfiguration { issuer: text("issuer"), token_endpoint: text("token_endpoint"), jwks_uri: text("jwks_uri"), json };
        Ok(Reply { status: reply.status, headers: reply.headers, value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_VERSION;
    use super::*;

    #[test]
    fn keys_of_unknown_kind_do_not_hide_the_others() {
        let body = br#"{"keys":[{"kid":"a","kty":"RSA","n":"n","e":"AQAB"},{"kty":"RSA"},7]}"#;
        let keys = ListIdentityKeys::parse(Response::new(body.to_vec())).unwrap().value;
        assert_eq!(keys.len(), 1);
        assert_eq!(ListIdentityKeys::parse(Response::new(b"{}".to_vec())).unwrap_err().code(), ErrorCode::MalformedResponse);
    }

    #[test]
    fn requests() {
        let base = BaseUrl::parse("e", "https://iam.cloud.ibm.com").unwrap();
        assert_eq!(ListIdentityKeys {}.request(&base, DEFAULT_VERSION).unwrap().uri(), "https://iam.cloud.ibm.com/identity/keys");
        let uri = GetOpenidConfiguration {}.request(&base, DEFAULT_VERSION).unwrap().uri().to_string();
        assert_eq!(uri, "https://iam.cloud.ibm.com/identity/.well-known/openid-configuration");
        let document = GetOpenidConfiguration::parse(Response::new(br#"{"issuer":"i","jwks_uri":"j"}"#.to_vec())).unwrap().value;
        assert_eq!((document.issuer.as_deref(), document.jwks_uri.as_deref(), document.token_endpoint), (Some("i"), Some("j"), None));
    }
}
