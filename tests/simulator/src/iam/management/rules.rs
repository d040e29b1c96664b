//! `/v1/profiles/{id}/rules`

use hyper::StatusCode;
use serde_json::json;

use super::error::ManagementError;
use super::{Outcome, entity, no_content, record};
use crate::account::{NewRule, Rule};
use crate::exchange::Answer;
use crate::iam::Call;
use crate::service::Service;

/// The most rules a profile can have.
const MOST: usize = 20;

pub(super) fn route(call: &Call<'_>, profile_id: &str, path: &[&str]) -> Outcome {
    match (call.request.method.as_str(), path) {
        ("POST", []) => create(call, profile_id),
        ("GET", []) => list(call, profile_id),
        ("GET", [id]) => {
            let mut account = call.world.account();
            let rules = &record(&mut account, profile_id)?.rules;
            let rule = rules.iter().find(|rule| rule.id == *id);
            let rule = rule.ok_or_else(|| ManagementError::not_found("rule", id))?;
            entity(StatusCode::OK, &rule.entity_tag, rule)
        }
        ("PUT", [id]) => update(call, profile_id, id),
        ("DELETE", [id]) => delete(call, profile_id, id),
        _ => Err(ManagementError::method()),
    }
}

fn valid(call: &Call<'_>) -> Result<NewRule, ManagementError> {
    let new: NewRule = call.body()?;
    match new.fault() {
        Some(fault) => Err(ManagementError::invalid(&fault)),
        None => Ok(new),
    }
}

fn create(call: &Call<'_>, profile_id: &str) -> Outcome {
    let new = valid(call)?;
    let mut account = call.world.account();
    let now = account.now(Service::Iam);
    let record = record(&mut account, profile_id)?;
    if record.rules.len() >= MOST {
        return Err(ManagementError::invalid("a profile has at most 20 rules"));
    }
    let rule = Rule::new(new, now);
    record.rules.push(rule.clone());
    entity(StatusCode::CREATED, &rule.entity_tag, &rule)
}

fn list(call: &Call<'_>, profile_id: &str) -> Outcome {
    let mut account = call.world.account();
    let rules = &record(&mut account, profile_id)?.rules;
    Ok(Answer::json(StatusCode::OK, &json!({ "rules": rules })))
}

fn update(call: &Call<'_>, profile_id: &str, id: &str) -> Outcome {
    let new = valid(call)?;
    let mut account = call.world.account();
    let now = account.now(Service::Iam);
    let rules = &mut record(&mut account, profile_id)?.rules;
    let rule = rules.iter_mut().find(|rule| rule.id == id);
    let rule = rule.ok_or_else(|| ManagementError::not_found("rule", id))?;
    call.check_if_match(&rule.entity_tag)?;
    let changed = Rule::new(new, now);
    *rule = Rule { id: rule.id.clone(), created_at: rule.created_at.clone(), ..changed };
    entity(StatusCode::OK, &rule.entity_tag, rule)
}

fn delete(call: &Call<'_>, profile_id: &str, id: &str) -> Outcome {
    let mut account = call.world.account();
    let rules = &mut record(&mut account, profile_id)?.rules;
    let before = rules.len();
    rules.retain(|rule| rule.id != id);
    if rules.len() == before {
        return Err(ManagementError::not_found("rule", id));
    }
    Ok(no_content())
}
