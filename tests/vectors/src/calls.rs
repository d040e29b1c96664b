//! Calls of any operation, step by step: the player of the corpus `calls/`.

use crate::call_script::{Calls, Done, Expected, Script, Send, Step, Waiting};
use crate::leaks::Leaks;
use crate::player::response;
use crate::shown::{millis, network_name};
use crate::{same, same_if_given, unread};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use trusted_profile_core::call::{Call, EntityTags, ItemStatus, Limits, Options, Step as Found, Until};
use trusted_profile_core::operation::{ApiDate, Content, Entry, Exchange, ExchangeId, MetadataService, Reply, Target};
use trusted_profile_core::wire::{BaseUrl, Json};
use trusted_profile_core::{Error, ErrorCode, Now, Secret, TransportError, TransportErrorKind, catalog};

/// Plays a file.
///
/// # Errors
/// The first step that goes otherwise.
pub fn play(calls: &Calls) -> Result<(), String> {
    let leaks = Leaks::new(&calls.secrets);
    for leave_json in [false, true] {
        let mut tags = EntityTags::default();
        for script in &calls.calls {
            let told = |difference| format!("{} (leave_json {leave_json}): {difference}", script.why);
            play_one(script, &leaks, &mut tags, leave_json).map_err(told)?;
        }
    }
    Ok(())
}

fn play_one(script: &Script, leaks: &Leaks, tags: &mut EntityTags, leave_json: bool) -> Result<(), String> {
    let mut call = match (make(script, tags, leave_json), &script.error) {
        (Ok(call), None) => call,
        (Err(error), Some(expected)) => {
            leaks.check("the error", &error)?;
            return expected.check(&error);
        }
        (Ok(_), Some(expected)) => return Err(format!("expected {}, but there is a machine", expected.code)),
        (Err(error), None) => return Err(format!("there is no machine: {error}")),
    };
    let mut sent = 0;
    for (number, step) in (1_usize..).zip(&script.steps) {
        let now = at(step.at);
        report(&mut call, now, step, sent)?;
        if let Some(expected) = &step.expect {
            let found = call.poll(now);
            leaks.check("what poll returned", &found)?;
            let found = unread::read(found)?;
            sent = if let Found::Send(exchange) = &found { exchange.id.0 } else { sent };
            compare(expected, &found, &|error| leaks.check_text("the error", &error.to_string()))
                .map_err(|difference| format!("step {number} at {}: {difference}", step.at))?;
        }
        same_if_given("left", step.left.as_ref(), &millis(call.left(now))).map_err(|difference| format!("step {number}: {difference}"))?;
    }
    tags.learn_from(&call);
    Ok(())
}

const fn at(millis: u64) -> Now {
    Now { monotonic: Duration::from_millis(millis), unix: Duration::from_millis(1_790_000_000_000 + millis) }
}

fn make(script: &Script, tags: &EntityTags, leave_json: bool) -> Result<Call, Error> {
    let entry = catalog::find(&script.operation)?;
    let version = script.version.as_deref().map(|date| ApiDate::parse("version", date)).transpose()?;
    let target = Target { version, ..Target::new(BaseUrl::parse("base", &script.base)?) };
    let limits = (!script.limits.is_empty()).then(|| limits(entry, &script.limits));
    let metadata = script.asks_metadata.then(|| metadata(&script.base, false)).transpose()?;
    let entity_tags = script.entity_tags.then_some(tags);
    let options = Options { limits, entity_tags, always_if_match: script.always_if_match, leave_json, metadata: metadata.as_ref() };
    let arguments = Json::from(script.arguments.clone());
    match (&script.until, script.pages) {
        (Some(waiting), _) => Call::until(entry, &arguments, target, &options, until(waiting), script.seed),
        (None, true) => Call::pages(entry, arguments, target, &options, script.seed),
        (None, false) => Call::once(entry, &arguments, target, &options, script.seed),
    }
}

fn metadata(base: &str, is_bare_metal: bool) -> Result<MetadataService, Error> {
    let (base, version) = (BaseUrl::parse("base", base)?, ApiDate::parse("version", "2025-08-26")?);
    Ok(MetadataService { base, version, is_bare_metal })
}

fn limits(entry: Entry, given: &BTreeMap<String, u64>) -> Limits {
    let mut limits = Limits::of(entry.service());
    for (name, value) in given {
        let time = Duration::from_millis(*value);
        match name.as_str() {
            "connect" => limits.connect = time,
            "attempt" => limits.attempt = time,
            "deadline" => limits.deadline = time,
            "backoff_base" => limits.backoff_base = time,
            "backoff_max" => limits.backoff_max = time,
            "retry_after_max" => limits.retry_after_max = time,
            "lease_margin" => limits.lease_margin = time,
            "max_attempts" => limits.max_attempts = u32::try_from(*value).unwrap_or(u32::MAX),
            // The schema has no other.
            _ => limits.max_response_bytes = usize::try_from(*value).unwrap_or(usize::MAX),
        }
    }
    limits
}

fn until(waiting: &Waiting) -> Until {
    let mut until = match waiting.what.as_str() {
        "instance_running" => Until::instance_running(),
        "link_effective" => Until::link_effective(),
        _ => Until::property(waiting.path.clone(), waiting.wanted.clone(), waiting.never.clone()),
    };
    until.every = waiting.every.map_or(until.every, Duration::from_millis);
    until.within = waiting.within.map_or(until.within, Duration::from_millis);
    until
}

fn report(call: &mut Call, now: Now, step: &Step, last: u64) -> Result<(), String> {
    if let Some(service) = &step.served_by {
        let service = metadata(&service.base, service.bare_metal).map_err(|error| error.to_string())?;
        // As it crosses from one WebAssembly instance to another.
        call.served_by(MetadataService::from_json(&service.to_json()).map_err(|error| error.to_string())?);
    }
    if let Some(token) = &step.token {
        call.token(now, Secret::new(token.token.as_str()), token.generation);
    }
    if let Some(code) = &step.no_token {
        let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code).ok_or_else(|| format!("there is no code {code}"))?;
        call.no_token(Error::new(*code, "there is no token"));
    }
    if let Some(given) = &step.respond {
        let body = given.json.as_ref().map(Value::to_string).or_else(|| given.body.clone()).unwrap_or_default();
        let answer = response(given.status, &given.headers, body.into_bytes())?;
        call.handle(now, ExchangeId(given.exchange.unwrap_or(last)), Ok(answer));
    }
    if let Some(given) = &step.transport {
        let kind = TransportErrorKind::from_name(&given.kind).ok_or_else(|| format!("there is no failure {}", given.kind))?;
        let error = TransportError { kind, reused_connection: given.reused, detail: given.detail.clone() };
        call.handle(now, ExchangeId(given.exchange.unwrap_or(last)), Err(error));
    }
    if let Some(exchange) = step.abandon {
        call.abandon(now, ExchangeId(exchange));
    }
    Ok(())
}

fn compare(expected: &Expected, found: &Found, check: &dyn Fn(&Error) -> Result<(), String>) -> Result<(), String> {
    match (expected, found) {
        (Expected::NeedToken(expected), Found::NeedToken { kind }) => same("kind of token", &expected.as_str(), &kind.as_str()),
        (Expected::Rejected(expected), Found::Rejected { generation }) => same("generation", expected, generation),
        (Expected::Send(expected), Found::Send(exchange)) => compare_exchange(expected, exchange),
        (Expected::Wait(expected), Found::Wait { at_most }) => same("wait", expected, &millis(*at_most)),
        (Expected::Page(expected), Found::Page(reply)) => same("items", expected, &items(reply)),
        (Expected::Done(expected), Found::Done(reply)) => compare_reply(expected, reply),
        (Expected::End(_), Found::End) => Ok(()),
        (Expected::Failed(expected), Found::Failed(error)) => check(error).and_then(|()| expected.check(error)),
        (expected, found) => Err(format!("expected {expected:?}, found {found:?}")),
    }
}

fn compare_exchange(expected: &Send, found: &Exchange) -> Result<(), String> {
    same_if_given("timeout", expected.timeout.as_ref(), &millis(found.timeout))?;
    same_if_given("connect_timeout", expected.connect_timeout.as_ref(), &millis(found.connect_timeout))?;
    same_if_given("max_response_bytes", expected.max_response_bytes.as_ref(), &found.max_response_bytes)?;
    same_if_given("network", expected.network.as_ref(), &network_name(found.network).to_owned())?;
    expected.request.check(&found.request)
}

/// As many as the longest list of a page has.
fn items(reply: &Reply<Content>) -> usize {
    let page = reply.value.json().and_then(|json| json.as_value().as_object());
    page.into_iter().flat_map(|page| page.values()).filter_map(|value| value.as_array().map(Vec::len)).max().unwrap_or(0)
}

/// Compares an answer.
///
/// # Errors
/// The first difference.
pub(crate) fn compare_reply(expected: &Done, found: &Reply<Content>) -> Result<(), String> {
    same("status", &expected.status, &found.status)?;
    let (json, text) = match &found.value {
        Content::Nothing => (None, Some(String::new())),
        Content::Json(json) => (Some(json.as_value().clone()), None),
        Content::Text(text) => (None, Some(text.expose().to_owned())),
        Content::Unread { .. } => return Err("JSON that was not read".to_owned()),
    };
    same_if_given("json", expected.json.as_ref().map(|json| Some(json.clone())).as_ref(), &json)?;
    same_if_given("text", expected.text.as_ref().map(|text| Some(text.clone())).as_ref(), &text)?;
    same_if_given("items", expected.items.as_ref(), &ItemStatus::all(found).iter().map(|item| item.status).collect())
}
