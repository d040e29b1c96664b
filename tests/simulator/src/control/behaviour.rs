//! `/control/v1/faults`, `/settings`, `/tokens`, `/iam_key`

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Outcome, created, done, ok};
use crate::controls::Error;
use crate::faults::{FaultId, FaultRule};
use crate::service::Service;
use crate::tls::ServerCertificate;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    iam_token_lifetime_seconds: Option<i64>,
    #[serde(default)]
    wanted_audience: Option<String>,
    #[serde(default)]
    certificate: Option<ServerCertificate>,
    #[serde(default)]
    clock_skew_seconds: BTreeMap<Service, i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    /// `identity`, `iam` or `refresh`.
    #[serde(default)]
    all: Option<String>,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct Unsigned {
    header: Value,
    claims: Value,
}

/// One rule, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Many(Vec<Value>),
    One(Value),
}

pub(crate) fn route(call: &Call<'_>, path: &[&str]) -> Outcome {
    let controls = &call.controls;
    match (call.method(), path) {
        ("POST", ["faults"]) => inject(call),
        ("GET", ["faults"]) => {
            let faults = controls.faults().into_iter();
            let list: Vec<Value> = faults.map(|(id, rule)| json!({"id": id, "rule": rule})).collect();
            Ok(ok(&list))
        }
        ("DELETE", ["faults"]) => {
            controls.clear_faults();
            Ok(done())
        }
        ("DELETE", ["faults", id]) => remove(call, id),
        ("PATCH", ["settings"]) => settings(call),
        ("POST", ["tokens", "revoke"]) => revoke(call),
        ("POST", ["tokens", "reject"]) => {
            let token: Token = call.body()?;
            controls.reject_token(&token.token);
            Ok(done())
        }
        ("POST", ["iam_key", "sign"]) => {
            let unsigned: Unsigned = call.body()?;
            let token = controls.sign_with_iam_key(&unsigned.header, &unsigned.claims)?;
            Ok(created(&json!({ "token": token })))
        }
        ("POST", ["iam_key", "rotate"]) => {
            controls.rotate_iam_key();
            Ok(done())
        }
        _ => Err(call.unknown()),
    }
}

/// All rules are read before any takes effect.
fn inject(call: &Call<'_>) -> Outcome {
    let (values, many) = match call.body::<Rules>()? {
        Rules::Many(values) => (values, true),
        Rules::One(value) => (vec![value], false),
    };
    let rules: Result<Vec<FaultRule>, _> = values.into_iter().map(serde_json::from_value).collect();
    let rules = rules.map_err(|error| Error::Invalid(error.to_string()))?;
    let ids: Vec<Value> = rules.into_iter().map(|rule| json!({"id": call.controls.inject(rule)})).collect();
    match ids.first() {
        Some(first) if !many => Ok(created(first)),
        _ => Ok(created(&ids)),
    }
}

fn remove(call: &Call<'_>, id: &str) -> Outcome {
    let number = id.parse().map_err(|_| Error::Invalid(format!("{id} is not the id of a fault")))?;
    if call.controls.remove_fault(FaultId(number)) { Ok(done()) } else { Err(Error::NotFound(format!("fault {id}"))) }
}

fn settings(call: &Call<'_>) -> Outcome {
    let settings: Settings = call.body()?;
    if let Some(seconds) = settings.iam_token_lifetime_seconds {
        call.controls.set_iam_token_lifetime(seconds);
    }
    if let Some(audience) = settings.wanted_audience {
        call.controls.set_wanted_audience(&audience);
    }
    if let Some(certificate) = settings.certificate {
        call.controls.set_certificate(certificate);
    }
    for (service, seconds) in settings.clock_skew_seconds {
        call.controls.set_clock_skew(service, seconds);
    }
    Ok(done())
}

fn revoke(call: &Call<'_>) -> Outcome {
    let wanted: Revocation = call.body()?;
    match wanted.all.as_deref() {
        Some("identity") => call.controls.revoke_identity_tokens(),
        Some("iam") => call.controls.revoke_iam_tokens(),
        Some("refresh") => call.controls.revoke_refresh_tokens(),
        Some(other) => {
            return Err(Error::Invalid(format!("{other} is none of identity, iam and refresh")));
        }
        None => {}
    }
    if let Some(token) = wanted.token {
        call.controls.revoke_token(&token);
    }
    Ok(done())
}
