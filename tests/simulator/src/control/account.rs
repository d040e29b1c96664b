//! `/control/v1/profiles`, `/api_keys`, `/clients`, `/objects`

use serde::Deserialize;

use super::{Call, Outcome, created, done, ok};
use crate::account::{ApiKeyState, Role};
use crate::controls::Error;

#[derive(Deserialize)]
struct Access {
    bucket: String,
    role: Role,
}

#[derive(Deserialize)]
struct Identity {
    iam_id: String,
}

#[derive(Deserialize)]
struct State {
    state: ApiKeyState,
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Object {
    bucket: String,
    key: String,
    content: String,
}

pub(crate) fn route(call: &Call<'_>, path: &[&str]) -> Outcome {
    let controls = &call.controls;
    match (call.method(), path) {
        ("POST", ["profiles"]) => Ok(created(&controls.create_profile_from(call.body()?))),
        ("GET", ["profiles"]) => Ok(ok(&controls.profiles())),
        ("DELETE", ["profiles", id]) => {
            controls.delete_profile(id)?;
            Ok(done())
        }
        ("POST", ["profiles", id, "links"]) => Ok(created(&controls.create_link(id, call.body()?)?)),
        ("DELETE", ["profiles", id, "links", link]) => {
            controls.delete_link(id, link)?;
            Ok(done())
        }
        ("POST", ["profiles", id, "rules"]) => Ok(created(&controls.create_rule(id, call.body()?)?)),
        ("POST", ["profiles", id, "identities"]) => {
            let identity: Identity = call.body()?;
            controls.allow_assume(id, &identity.iam_id)?;
            Ok(done())
        }
        (method @ ("POST" | "DELETE"), ["profiles", id, "access"]) => access(call, method, id),
        ("POST", ["api_keys"]) => Ok(created(&controls.create_api_key(call.body()?))),
        ("PATCH", ["api_keys", id]) => {
            let state: State = call.body()?;
            controls.set_api_key_state(id, state.state)?;
            Ok(done())
        }
        ("POST", ["clients"]) => {
            let client: Client = call.body()?;
            controls.register_client(&client.client_id, &client.client_secret);
            Ok(done())
        }
        ("PUT", ["objects"]) => {
            let object: Object = call.body()?;
            controls.put_object(&object.bucket, &object.key, object.content.as_bytes());
            Ok(done())
        }
        _ => Err(call.unknown()),
    }
}

fn access(call: &Call<'_>, method: &str, profile_id: &str) -> Outcome {
    let access: Access = call.body()?;
    let profile = call
        .controls
        .profiles()
        .into_iter()
        .find(|profile| profile.id == profile_id)
        .ok_or_else(|| Error::NotFound(format!("profile {profile_id}")))?;
    if method == "POST" {
        call.controls.grant_access(&profile.iam_id, &access.bucket, access.role);
    } else {
        call.controls.revoke_access(&profile.iam_id, &access.bucket);
    }
    Ok(done())
}
