//! Management of trusted profiles, their rules, links and identities (IAM Identity Services API).

mod error;
mod identities;
mod links;
mod profiles;
mod rules;

use hyper::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Call;
use crate::account::{AccountState, ProfileRecord};
use crate::exchange::Answer;
pub(crate) use error::ManagementError;

type Outcome = Result<Answer, ManagementError>;

pub(crate) fn answer(call: &Call<'_>) -> Answer {
    route(call).unwrap_or_else(|error| error.answer(call.circumstances, call.request))
}

fn route(call: &Call<'_>) -> Outcome {
    let segments = call.request.segments();
    // Some clients write the collection with a slash at its end.
    let path: Vec<&str> = segments.iter().map(String::as_str).filter(|segment| !segment.is_empty()).collect();
    let Some(["v1", "profiles", path @ ..]) = path.get(..) else {
        return Err(ManagementError::not_found("path", &call.request.path));
    };
    let method = call.request.method.as_str();
    match (method, path) {
        ("POST", []) => profiles::create(call),
        ("GET", []) => profiles::list(call),
        ("GET", [id]) => profiles::get(call, id),
        ("PUT", [id]) => profiles::update(call, id),
        ("DELETE", [id]) => profiles::delete(call, id),
        (_, [id, "rules", rest @ ..]) => rules::route(call, id, rest),
        (_, [id, "links", rest @ ..]) => links::route(call, id, rest),
        (_, [id, "identities", rest @ ..]) => identities::route(call, id, rest),
        _ => Err(ManagementError::method()),
    }
}

impl Call<'_> {
    fn body<T: DeserializeOwned>(&self) -> Result<T, ManagementError> {
        // That a body is there where one is needed was checked before.
        let body: &[u8] = if self.request.body.is_empty() { b"{}" } else { &self.request.body };
        serde_json::from_slice(body).map_err(|error| ManagementError::invalid(&error.to_string()))
    }

    /// `If-Match` is required for updates and must be the current entity tag, or `*`.
    fn check_if_match(&self, entity_tag: &str) -> Result<(), ManagementError> {
        match self.request.header("if-match") {
            None => Err(ManagementError::new(StatusCode::BAD_REQUEST, "BXNIM0109E", "The header If-Match is required")),
            Some("*") => Ok(()),
            Some(tag) if tag.trim_matches('"') == entity_tag => Ok(()),
            Some(_) => Err(ManagementError::conflict("The entity was changed since it was read")),
        }
    }
}

fn record<'a>(account: &'a mut AccountState, profile_id: &str) -> Result<&'a mut ProfileRecord, ManagementError> {
    account.profile_mut(profile_id).ok_or_else(|| ManagementError::not_found("trusted profile", profile_id))
}

/// An entity and, in the header `ETag`, its tag.
fn entity(status: StatusCode, entity_tag: &str, entity: &impl Serialize) -> Outcome {
    let value = serde_json::to_value(entity).map_err(|error| ManagementError::invalid(&error.to_string()))?;
    Ok(Answer::json(status, &value).header("etag", entity_tag))
}

fn no_content() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}
