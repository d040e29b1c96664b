//! The same with every operation of the catalog, and the machine that calls them.

use super::{fail, given, now, outcome, taken};
use trusted_profile_core::call::{Call, EntityTags, ItemStatus, Options, Step, Until};
use trusted_profile_core::operation::{ApiDate, Content, Reply, Target};
use trusted_profile_core::wire::{Json, to_text};
use trusted_profile_core::{Error, ErrorCode, Secret, catalog};

pub(super) fn all() {
    if let Err(error) = calls() {
        fail(&error);
    }
}

fn target(service: &str) -> Result<Target, Error> {
    let base = catalog::service(service)?.base(Some(&given::<String>()))?;
    Ok(Target { version: Some(ApiDate::parse("version", &given::<String>())?), generation: given(), ..Target::new(base) })
}

fn json() -> Json {
    Json::parse(&given::<Vec<u8>>()).unwrap_or_else(|_| Json::from(serde_json::Value::Null))
}

fn calls() -> Result<(), Error> {
    for entry in catalog::list() {
        taken((entry.id(), entry.arguments().collect::<Vec<_>>(), entry.is_deprecated()));
    }
    let (id, target) = (given::<String>(), target(&given::<String>())?);
    let request = catalog::build(&id, &json(), &target)?;
    taken((request.method().as_str().to_owned(), request.uri().to_string(), request.into_body()));
    if let Ok(response) = outcome() {
        answered(&catalog::parse(&id, response)?);
    }
    let mut tags = EntityTags::default();
    let options = Options { entity_tags: Some(&tags), always_if_match: given(), ..Options::default() };
    let entry = catalog::find(&id)?;
    let mut call = match given::<u8>() {
        0 => Call::once(entry, &json(), target, &options, given())?,
        1 => Call::pages(entry, json(), target, &options, given())?,
        2 => Call::until(entry, &json(), target, &options, Until::instance_running(), given())?,
        _ => Call::until(entry, &json(), target, &options, Until::link_effective(), given())?,
    };
    drive(&mut call);
    tags.learn_from(&call);
    Ok(())
}

fn drive(call: &mut Call) {
    loop {
        match call.poll(now()) {
            Step::NeedToken { kind } => {
                taken(kind.as_str());
                if given() {
                    call.no_token(Error::new(ErrorCode::Closed, given::<String>()));
                }
                call.token(now(), Secret::new(given::<String>()), given());
            }
            Step::Rejected { generation } => taken(generation),
            Step::Send(exchange) => {
                let (parts, body) = exchange.request.into_parts();
                taken((parts.method.as_str().to_owned(), parts.uri.to_string(), body));
                if given() {
                    call.abandon(now(), exchange.id);
                }
                call.handle(now(), exchange.id, outcome());
            }
            Step::Wait { at_most } => taken(at_most),
            Step::Page(reply) => answered(&reply),
            Step::Done(reply) => return answered(&reply),
            Step::End => return,
            Step::Failed(error) => return fail(&error),
        }
    }
}

fn answered(reply: &Reply<Content>) {
    taken((reply.status, ItemStatus::all(reply)));
    match &reply.value {
        Content::Nothing => {}
        Content::Json(json) => taken(to_text(json.as_value())),
        Content::Text(text) | Content::Unread { text, .. } => taken(text.expose().to_owned()),
    }
}
