//! `/v1/profiles/{id}/links`

use hyper::StatusCode;
use serde_json::json;

use super::error::ManagementError;
use super::{Outcome, entity, no_content, record};
use crate::account::{Link, NewLink};
use crate::exchange::Answer;
use crate::iam::Call;
use crate::service::Service;

pub(super) fn route(call: &Call<'_>, profile_id: &str, path: &[&str]) -> Outcome {
    match (call.request.method.as_str(), path) {
        ("POST", []) => create(call, profile_id),
        ("GET", []) => {
            let mut account = call.world.account();
            let links = &record(&mut account, profile_id)?.links;
            Ok(Answer::json(StatusCode::OK, &json!({ "links": links })))
        }
        ("DELETE", []) => delete_by_parameters(call, profile_id),
        ("GET", [id]) => {
            let mut account = call.world.account();
            let links = &record(&mut account, profile_id)?.links;
            let link = links.iter().find(|link| link.id == *id);
            let link = link.ok_or_else(|| ManagementError::not_found("link", id))?;
            entity(StatusCode::OK, &link.entity_tag, link)
        }
        ("DELETE", [id]) => delete(call, profile_id, "link", |link| link.id == *id),
        _ => Err(ManagementError::method()),
    }
}

fn create(call: &Call<'_>, profile_id: &str) -> Outcome {
    let new: NewLink = call.body()?;
    if !new.link.crn.starts_with("crn:v1:") {
        return Err(ManagementError::new(StatusCode::BAD_REQUEST, "BXNIM0113E", "The CRN of the compute resource is not valid"));
    }
    let account_specific = new.cr_type.ends_with("_SA");
    if account_specific && (new.link.namespace.is_none() || new.link.name.is_none()) {
        return Err(ManagementError::invalid("link.namespace and link.name are required for this cr_type"));
    }
    let mut account = call.world.account();
    let now = account.now(Service::Iam);
    let record = record(&mut account, profile_id)?;
    let link = Link::new(new, now);
    record.links.push(link.clone());
    entity(StatusCode::CREATED, &link.entity_tag, &link)
}

fn delete(call: &Call<'_>, profile_id: &str, what: &str, matches: impl Fn(&Link) -> bool) -> Outcome {
    let mut account = call.world.account();
    let links = &mut record(&mut account, profile_id)?.links;
    let before = links.len();
    links.retain(|link| !matches(link));
    if links.len() == before {
        return Err(ManagementError::not_found(what, &call.request.path));
    }
    Ok(no_content())
}

fn delete_by_parameters(call: &Call<'_>, profile_id: &str) -> Outcome {
    let wanted = |name: &str| call.request.parameter(name);
    let cr_type = wanted("type").ok_or_else(|| ManagementError::invalid("type is required"))?;
    let crn = wanted("crn");
    let (namespace, name) = (wanted("namespace"), wanted("name"));
    delete(call, profile_id, "link", |link| {
        link.cr_type == cr_type
            && crn.as_ref().is_none_or(|crn| link.link.crn == *crn)
            && (namespace.is_none() || link.link.namespace == namespace)
            && (name.is_none() || link.link.name == name)
    })
}
