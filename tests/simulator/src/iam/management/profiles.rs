//! `/v1/profiles`

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ManagementError;
use super::{Outcome, entity, no_content, record};
use crate::account::{NewProfile, Profile};
use crate::api::EXAMPLE;
use crate::exchange::Answer;
use crate::iam::Call;
use crate::service::Service;

#[derive(Deserialize)]
struct Create {
    name: String,
    account_id: String,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
struct Update {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

pub(super) fn create(call: &Call<'_>) -> Outcome {
    let mut body: Create = call.body()?;
    let mut account = call.world.account();
    if body.account_id == EXAMPLE {
        body.account_id.clone_from(&account.account_id);
    }
    if body.name.is_empty() {
        return Err(ManagementError::invalid("name must not be empty"));
    }
    if body.account_id != account.account_id {
        return Err(ManagementError::new(StatusCode::FORBIDDEN, "BXNIM0513E", "You are not authorized to manage profiles of this account"));
    }
    if account.profile_by_name(&body.name, &body.account_id).is_some() {
        return Err(ManagementError::conflict("The account has a trusted profile of this name"));
    }
    let profile = account.create_profile(NewProfile { name: body.name, description: body.description, account_id: Some(body.account_id) });
    entity(StatusCode::CREATED, &profile.entity_tag, &profile)
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let account_id = call.request.parameter("account_id").ok_or_else(|| ManagementError::invalid("account_id is required"))?;
    let name = call.request.parameter("name");
    let size = number(call, "pagesize", 20)?;
    if !(1..=100).contains(&size) {
        return Err(ManagementError::invalid("pagesize must be from 1 to 100"));
    }
    // The token of a page is the number of profiles before it; clients must not know.
    let start = number(call, "pagetoken", 0)?;
    let all: Vec<Profile> = {
        let account = call.world.account();
        let account_id = if account_id == EXAMPLE { account.account_id.clone() } else { account_id.clone() };
        account
            .profiles
            .iter()
            .map(|record| record.profile.clone())
            .filter(|profile| profile.account_id == account_id)
            .filter(|profile| name.as_ref().is_none_or(|name| *name == profile.name))
            .collect()
    };
    let page: Vec<&Profile> = all.iter().skip(start).take(size).collect();
    let link = |token: usize| {
        let host = call.request.header("host").unwrap_or("localhost");
        format!("http://{host}/v1/profiles?account_id={account_id}&pagesize={size}&pagetoken={token}")
    };
    let mut body = json!({
        "offset": start,
        "limit": size,
        "first": link(0),
        "profiles": page,
    });
    if let (true, Some(fields)) = (start + size < all.len(), body.as_object_mut()) {
        fields.insert("next".to_owned(), Value::String(link(start + size)));
    }
    Ok(Answer::json(StatusCode::OK, &body))
}

fn number(call: &Call<'_>, name: &str, default: usize) -> Result<usize, ManagementError> {
    match call.request.parameter(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| ManagementError::invalid(&format!("{name} is not valid"))),
    }
}

pub(super) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let mut account = call.world.account();
    let profile = &record(&mut account, id)?.profile;
    entity(StatusCode::OK, &profile.entity_tag, profile)
}

/// An absent property stays as it is; an empty description clears it.
pub(super) fn update(call: &Call<'_>, id: &str) -> Outcome {
    let body: Update = call.body()?;
    let mut account = call.world.account();
    let now = account.now(Service::Iam);
    let record = record(&mut account, id)?;
    call.check_if_match(&record.profile.entity_tag)?;
    if let Some(name) = body.name {
        record.profile.name = name;
    }
    if let Some(description) = body.description {
        record.profile.description = (!description.is_empty()).then_some(description);
    }
    record.touch(now);
    entity(StatusCode::OK, &record.profile.entity_tag, &record.profile)
}

pub(super) fn delete(call: &Call<'_>, id: &str) -> Outcome {
    let mut account = call.world.account();
    record(&mut account, id)?;
    account.profiles.retain(|record| record.profile.id != id);
    Ok(no_content())
}
