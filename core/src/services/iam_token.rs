//! `POST /identity/token` of IAM, in the grants that compute resources use.

use super::always;
use super::issued_token::IssuedToken;
use super::profile::Profile;
use crate::error::Error;
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, success};
use crate::secret::Secret;
use crate::wire::{BaseUrl, Invalid, encode_base64, form};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response};

/// `POST /identity/token`: an IAM access token for a credential.
///
/// Source: IAM Identity Services API, "Create an IAM access token".
#[derive(Clone, Debug)]
pub struct GetToken {
    /// What is exchanged.
    pub grant: Grant,
    /// Space separated scopes; rarely needed.
    pub scope: Option<String>,
    /// A client registered with IAM; rarely needed. A refresh token is redeemed by the client that got it.
    pub client: Option<ClientCredentials>,
}

/// A client id with its secret, sent by HTTP Basic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// `client_id`; no colon.
    pub id: String,
    /// `client_secret`.
    pub secret: Secret,
}

/// The grants, each with what it exchanges.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Grant {
    /// `urn:ibm:params:oauth:grant-type:cr-token`: a compute resource token for a token of a
    /// profile that the resource is linked to, or whose claim rule it matches.
    CrToken {
        /// The compute resource token; a projected service account token in a pod.
        cr_token: Secret,
        /// The profile; one has to be named.
        profile: Profile,
    },
    /// `urn:ibm:params:oauth:grant-type:apikey`: an API key.
    ApiKey {
        /// The key.
        api_key: Secret,
    },
    /// `urn:ibm:params:oauth:grant-type:assume`: another token for a token of a profile.
    Assume {
        /// An IAM access token whose identity may assume the profile.
        access_token: Secret,
        /// The profile; a name needs its account.
        profile: Profile,
    },
    /// `refresh_token`.
    RefreshToken {
        /// The refresh token.
        refresh_token: Secret,
    },
}

impl Grant {
    const fn grant_type(&self) -> &'static str {
        match self {
            Self::CrToken { .. } => "urn:ibm:params:oauth:grant-type:cr-token",
            Self::ApiKey { .. } => "urn:ibm:params:oauth:grant-type:apikey",
            Self::Assume { .. } => "urn:ibm:params:oauth:grant-type:assume",
            Self::RefreshToken { .. } => "refresh_token",
        }
    }

    const fn credential(&self) -> (&'static str, &Secret) {
        match self {
            Self::CrToken { cr_token, .. } => ("cr_token", cr_token),
            Self::ApiKey { api_key } => ("apikey", api_key),
            Self::Assume { access_token, .. } => ("access_token", access_token),
            Self::RefreshToken { refresh_token } => ("refresh_token", refresh_token),
        }
    }

    /// The profile as form fields. Of an assumed profile the account goes along with its name; for
    /// a compute resource token IAM takes the resource's own account.
    fn profile(&self) -> Result<Vec<(&'static str, &str)>, Invalid> {
        let (profile, with_account) = match self {
            Self::CrToken { profile, .. } => (profile, false),
            Self::Assume { profile, .. } => (profile, true),
            Self::ApiKey { .. } | Self::RefreshToken { .. } => return Ok(Vec::new()),
        };
        profile.validate()?;
        Ok(match profile {
            Profile::Id(id) => vec![("profile_id", id)],
            Profile::Crn(crn) => vec![("profile_crn", crn)],
            Profile::Name { name, .. } if !with_account => vec![("profile_name", name)],
            Profile::Name { name, account_id: Some(account) } => vec![("profile_name", name), ("account", account)],
            Profile::Name { account_id: None, .. } => {
                return Err(Invalid::new("account_id", "", "the account of the profile, along with profile_name"));
            }
        })
    }
}

impl ClientCredentials {
    /// Checks `id`: a colon would end it early (RFC 7617, section 2).
    ///
    /// # Errors
    /// `Invalid` names `client_id`.
    pub fn validate(&self) -> Result<(), Invalid> {
        if self.id.is_empty() || self.id.contains(':') || self.id.chars().any(char::is_control) {
            return Err(Invalid::new("client_id", &self.id, "a client id without a colon"));
        }
        Ok(())
    }

    fn header(&self) -> Result<HeaderValue, Invalid> {
        self.validate()?;
        let pair = Secret::new(format!("{}:{}", self.id, self.secret.expose()));
        let basic = Secret::new(["Basic ", Secret::new(encode_base64(pair.expose())).expose()].concat());
        let mut value = HeaderValue::from_str(basic.expose()).map_err(|_| Invalid::new("client_secret", "(hidden)", "text"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Operation for GetToken {
    type Output = IssuedToken;
    const SPEC: OperationSpec = OperationSpec {
        id: "iam_token.get_token",
        method: Method::POST,
        paths: &[always("/identity/token")],
        auth: Auth::Grant,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        let (name, credential) = self.grant.credential();
        if credential.is_empty() {
            return Err(Invalid::new(name, "", "a value").into());
        }
        let mut fields = vec![("grant_type", self.grant.grant_type()), (name, credential.expose())];
        fields.extend(self.grant.profile()?);
        if let Some(scope) = self.scope.as_deref() {
            fields.push(("scope", scope));
        }
        let headers = match &self.client {
            Some(client) => vec![(AUTHORIZATION, client.header()?)],
            None => Vec::new(),
        };
        let body = form(fields);
        let parts = RequestParts {
            headers,
            body: Some(("application/x-www-form-urlencoded", body.expose().as_bytes().to_vec())),
            ..RequestParts::default()
        };
        parts.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<IssuedToken>, Error> {
        IssuedToken::read(Self::SPEC.id, success(Self::SPEC.id, response)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_VERSION;
    use super::*;

    fn body(grant: Grant) -> Result<String, String> {
        let base = BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com").unwrap();
        let request = GetToken { grant, scope: None, client: None }.request(&base, DEFAULT_VERSION).map_err(|e| e.message().to_owned())?;
        assert_eq!(request.uri().to_string(), "https://iam.cloud.ibm.com/identity/token");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        Ok(String::from_utf8(request.into_body()).unwrap())
    }

    fn name(account_id: Option<&str>) -> Profile {
        Profile::Name { name: "o p&s".into(), account_id: account_id.map(str::to_owned) }
    }

    #[test]
    fn every_grant_is_form_encoded() {
        let prefix = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3A";
        let s = |t: &str| Secret::new(t);
        assert_eq!(
            body(Grant::CrToken { cr_token: s("a+b"), profile: Profile::Id("P".into()) }),
            Ok(format!("{prefix}cr-token&cr_token=a%2Bb&profile_id=P"))
        );
        assert_eq!(
            body(Grant::CrToken { cr_token: s("a"), profile: name(Some("acc")) }),
            Ok(format!("{prefix}cr-token&cr_token=a&profile_name=o+p%26s"))
        );
        assert_eq!(body(Grant::ApiKey { api_key: s("k=") }), Ok(format!("{prefix}apikey&apikey=k%3D")));
        assert_eq!(
            body(Grant::Assume { access_token: s("t"), profile: Profile::Crn("crn:v1".into()) }),
            Ok(format!("{prefix}assume&access_token=t&profile_crn=crn%3Av1"))
        );
        assert_eq!(
            body(Grant::Assume { access_token: s("t"), profile: name(Some("acc")) }),
            Ok(format!("{prefix}assume&access_token=t&profile_name=o+p%26s&account=acc"))
        );
        assert_eq!(body(Grant::RefreshToken { refresh_token: s("r") }), Ok("grant_type=refresh_token&refresh_token=r".into()));
        assert!(body(Grant::Assume { access_token: s("t"), profile: name(None) }).unwrap_err().starts_with("account_id"));
        assert!(body(Grant::ApiKey { api_key: s("") }).unwrap_err().starts_with("apikey"));
    }

    #[test]
    fn scope_and_client() {
        let base = BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com").unwrap();
        let client = |id: &str| Some(ClientCredentials { id: id.into(), secret: Secret::new("bx") });
        let operation = |client| GetToken { grant: Grant::ApiKey { api_key: Secret::new("k") }, scope: Some("ibm openid".into()), client };
        let request = operation(client("bx")).request(&base, DEFAULT_VERSION).unwrap();
        assert_eq!(request.headers()["authorization"], "Basic Yng6Yng=");
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(request.body().ends_with(b"&scope=ibm+openid"));
        assert!(operation(client("a:b")).request(&base, DEFAULT_VERSION).is_err());
    }
}
