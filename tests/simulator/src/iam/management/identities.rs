//! `/v1/profiles/{id}/identities`: who may assume the profile.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ManagementError;
use super::{Outcome, no_content, record};
use crate::exchange::Answer;
use crate::iam::Call;
use crate::service::Service;

#[derive(Deserialize)]
struct Identity {
    identifier: String,
    #[serde(rename = "type")]
    identity_type: String,
}

#[derive(Deserialize)]
struct Identities {
    #[serde(default)]
    identities: Vec<Identity>,
}

pub(super) fn route(call: &Call<'_>, profile_id: &str, path: &[&str]) -> Outcome {
    match (call.request.method.as_str(), path) {
        ("GET", []) => list(call, profile_id),
        ("PUT", []) => replace(call, profile_id),
        ("POST", [identity_type]) => add(call, profile_id, identity_type),
        ("GET", [identity_type, identifier]) => get(call, profile_id, &iam_id(identity_type, identifier)?),
        ("DELETE", [identity_type, identifier]) => remove(call, profile_id, &iam_id(identity_type, identifier)?),
        _ => Err(ManagementError::method()),
    }
}

/// How IAM writes the identities of each type.
fn iam_id(identity_type: &str, identifier: &str) -> Result<String, ManagementError> {
    match identity_type {
        "user" => Ok(identifier.to_owned()),
        "serviceid" if identifier.starts_with("iam-") => Ok(identifier.to_owned()),
        "serviceid" => Ok(format!("iam-{identifier}")),
        "crn" => Ok(format!("crn-{identifier}")),
        other => Err(ManagementError::invalid(&format!("{other} is not a type of identity"))),
    }
}

fn view(iam_id: &str) -> Value {
    let (identity_type, identifier) = if let Some(crn) = iam_id.strip_prefix("crn-") {
        ("crn", crn)
    } else if let Some(id) = iam_id.strip_prefix("iam-") {
        ("serviceid", id)
    } else {
        ("user", iam_id)
    };
    json!({"iam_id": iam_id, "identifier": identifier, "type": identity_type})
}

fn list(call: &Call<'_>, profile_id: &str) -> Outcome {
    let mut account = call.world.account();
    let record = record(&mut account, profile_id)?;
    let identities: Vec<Value> = record.identities.iter().map(|id| view(id)).collect();
    let body = json!({"entity_tag": record.profile.entity_tag, "identities": identities});
    Ok(Answer::json(StatusCode::OK, &body).header("etag", record.profile.entity_tag.clone()))
}

/// All at once, under the profile's tag.
fn replace(call: &Call<'_>, profile_id: &str) -> Outcome {
    let wanted: Identities = call.body()?;
    let wanted: Result<Vec<String>, ManagementError> =
        wanted.identities.iter().map(|identity| iam_id(&identity.identity_type, &identity.identifier)).collect();
    let wanted = wanted?;
    {
        let mut account = call.world.account();
        let now = account.now(Service::Iam);
        let record = record(&mut account, profile_id)?;
        call.check_if_match(&record.profile.entity_tag)?;
        record.identities = wanted;
        record.touch(now);
    }
    list(call, profile_id)
}

fn get(call: &Call<'_>, profile_id: &str, iam_id: &str) -> Outcome {
    let mut account = call.world.account();
    let known = record(&mut account, profile_id)?.identities.iter().any(|candidate| candidate == iam_id);
    if known { Ok(Answer::json(StatusCode::OK, &view(iam_id))) } else { Err(ManagementError::not_found("identity", iam_id)) }
}

fn add(call: &Call<'_>, profile_id: &str, identity_type: &str) -> Outcome {
    let identity: Identity = call.body()?;
    if identity.identity_type != identity_type {
        return Err(ManagementError::invalid("type must be the type in the path"));
    }
    let iam_id = iam_id(identity_type, &identity.identifier)?;
    let mut account = call.world.account();
    let record = record(&mut account, profile_id)?;
    if !record.identities.contains(&iam_id) {
        record.identities.push(iam_id.clone());
    }
    Ok(Answer::json(StatusCode::OK, &view(&iam_id)))
}

fn remove(call: &Call<'_>, profile_id: &str, iam_id: &str) -> Outcome {
    let mut account = call.world.account();
    let identities = &mut record(&mut account, profile_id)?.identities;
    let before = identities.len();
    identities.retain(|candidate| candidate != iam_id);
    if identities.len() == before {
        return Err(ManagementError::not_found("identity", iam_id));
    }
    Ok(no_content())
}
