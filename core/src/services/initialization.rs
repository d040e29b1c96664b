//! Initialization data of an instance.

use super::always;
use crate::error::Error;
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, json_body, success};
use crate::secret::Secret;
use crate::wire::{BaseUrl, Json};
use http::{Method, Request, Response};
use serde_json::{Map, Value};

/// `GET /metadata/v1/instance/initialization`: what the instance was created with, for an identity
/// token as bearer. VPC instances only; bare metal servers have no metadata reads.
///
/// Source: VPC Metadata API, "Retrieve initialization configuration".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GetInstanceInitialization {}

/// Initialization data. Everything may be missing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstanceInitialization {
    /// The default trusted profile, if there is one: the way to know before asking for a token.
    pub default_trusted_profile: Option<DefaultTrustedProfile>,
    /// The user data, which often holds secrets.
    pub user_data: Option<Secret>,
    /// The answer but for `user_data`: `keys` and unknown properties included.
    pub json: Json,
}

/// The default trusted profile of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefaultTrustedProfile {
    /// Whether the instance was linked to it when it was created.
    pub auto_link: Option<bool>,
    /// The profile's id.
    pub id: Option<String>,
    /// The profile's CRN.
    pub crn: Option<String>,
}

impl Operation for GetInstanceInitialization {
    type Output = InstanceInitialization;
    const SPEC: OperationSpec = OperationSpec {
        id: "metadata.get_instance_initialization",
        method: Method::GET,
        paths: &[always("/metadata/v1/instance/initialization")],
        auth: Auth::IdentityToken,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        RequestParts { version: Some(version), ..RequestParts::default() }.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<InstanceInitialization>, Error> {
        let reply = success(Self::SPEC.id, response)?;
        let json = json_body(Self::SPEC.id, &reply)?;
        let default_trusted_profile = json.get("default_trusted_profile").filter(|p| p.is_object()).map(|profile| {
            let target = |name: &str| Some(profile.get("target")?.get(name)?.as_str()?.to_owned());
            DefaultTrustedProfile { auto_link: profile.get("auto_link").and_then(Value::as_bool), id: target("id"), crn: target("crn") }
        });
        let (mut user_data, mut others) = (None, Map::new());
        if let Value::Object(members) = json.into_value() {
            for (name, member) in members {
                match member {
                    // Kept once, where it is never shown.
                    Value::String(text) if name == "user_data" => user_data = Some(Secret::new(text)),
                    _ if name == "user_data" => {}
                    other => drop(others.insert(name, other)),
                }
            }
        }
        let value = InstanceInitialization { default_trusted_profile, user_data, json: Value::Object(others).into() };
        Ok(Reply { status: reply.status, headers: reply.headers, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_open() {
        let body = br#"{"default_trusted_profile":{"auto_link":true,"target":{"id":"Profile-1","crn":"crn:v1"}},"keys":[{"id":"k"}],"user_data":"hunter2","new":1}"#;
        let value = GetInstanceInitialization::parse(Response::new(body.to_vec())).unwrap().value;
        let profile = value.default_trusted_profile.as_ref().unwrap();
        assert_eq!((profile.auto_link, profile.id.as_deref(), profile.crn.as_deref()), (Some(true), Some("Profile-1"), Some("crn:v1")));
        assert!(!format!("{value:?}").contains("hunter2"));
        assert!(value.json.get("new").is_some());
        let empty = GetInstanceInitialization::parse(Response::new(b"{}".to_vec())).unwrap().value;
        assert!(empty.default_trusted_profile.is_none() && empty.user_data.is_none());
    }
}
