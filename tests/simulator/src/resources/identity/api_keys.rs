//! API keys. Their values open the token service; the records here are what is shown of them.

use serde_json::json;

use super::{Api, Call, EXAMPLE, Outcome, Record, Resources, create as creation, fresh, item, parents, respond};
use crate::account::{ApiKey, ApiKeyState};
use crate::api::{Kind, Refusal, done};

pub(super) const PATH: &str = "/v1/apikeys";

pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let mut record = creation::create(call, resources)?;
    let asked = |header: &str| call.request.header(header) == Some("true");
    let value = call.text("/apikey").map_or_else(|| format!("sim-{}", crate::identifiers::secret()), str::to_owned);
    record.set("locked", asked("entity-lock"));
    record.set("disabled", asked("entity-disable"));
    remember(call, &record, &value);
    show_value(resources, &mut record, &value);
    Ok(respond::with(call, &record))
}

/// Gives the value to the token service.
fn remember(call: &Call<'_>, record: &Record, value: &str) {
    let text = |pointer: &str| record.text(pointer).unwrap_or_default().to_owned();
    let disabled = record.value.get("disabled") == Some(&json!(true));
    call.world.account().api_keys.push(ApiKey {
        id: record.id.clone(),
        value: value.to_owned(),
        name: text("/name"),
        iam_id: text("/iam_id"),
        administrator: false,
        state: if disabled { ApiKeyState::Disabled } else { ApiKeyState::Active },
    });
}

/// The value is shown once, in the answer to its creation.
fn show_value(resources: &mut Resources, record: &mut Record, value: &str) {
    record.set("apikey", "");
    resources.put(Api::IamIdentity, PATH, &record.id, record.value.clone());
    if let Some(kept) = resources.get(Api::IamIdentity, PATH, &record.id) {
        *record = kept.clone();
    }
    record.set("apikey", value);
}

/// Adds a key for somebody, as creating a service ID can ask for one.
pub(super) fn create_for(call: &Call<'_>, resources: &mut Resources, iam_id: &str, name: &str) -> serde_json::Value {
    let id = super::super::dress::fresh_id(Api::IamIdentity, PATH);
    let value = fresh::item(call, &crate::spec::template(PATH), PATH, &id, &serde_json::Value::Null);
    let mut record = resources.put(Api::IamIdentity, PATH, &id, value);
    record.set("iam_id", iam_id);
    record.set("name", name);
    record.set("locked", false);
    record.set("disabled", false);
    let secret = format!("sim-{}", crate::identifiers::secret());
    remember(call, &record, &secret);
    show_value(resources, &mut record, &secret);
    record.value
}

/// Keys that were laid out in another way appear here too, and all show their state.
pub(super) fn adopt(call: &Call<'_>, resources: &mut Resources) {
    let keys: Vec<ApiKey> = call.world.account().api_keys.clone();
    for key in keys {
        if resources.get(Api::IamIdentity, PATH, &key.id).is_none() {
            let value = fresh::item(call, &crate::spec::template(PATH), PATH, &key.id, &serde_json::Value::Null);
            let mut record = resources.put(Api::IamIdentity, PATH, &key.id, value);
            for (name, text) in [("name", key.name.as_str()), ("iam_id", key.iam_id.as_str()), ("apikey", "")] {
                record.set(name, text);
            }
            record.set("locked", false);
            replace(resources, &record);
        }
        if let Some(record) = resources.get_mut(Api::IamIdentity, PATH, &key.id) {
            record.set("disabled", key.state != ApiKeyState::Active);
        }
    }
}

fn replace(resources: &mut Resources, record: &Record) {
    if let Some(place) = resources.get_mut(Api::IamIdentity, PATH, &record.id) {
        *place = record.clone();
    }
}

/// What is locked is neither changed nor deleted.
pub(super) fn refuse_if_locked(record: &Record) -> Result<(), Refusal> {
    match record.value.get("locked") == Some(&json!(true)) && record.id != EXAMPLE {
        true => Err(Refusal::new(Kind::Conflict, &format!("{} is locked", record.id))),
        false => Ok(()),
    }
}

pub(super) fn update(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    refuse_if_locked(&item::found(call, resources)?)?;
    item::put(call, resources)
}

pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    refuse_if_locked(&item::found(call, resources)?)?;
    call.world.account().api_keys.retain(|key| key.id != call.id());
    item::delete(call, resources)
}

/// Disabling takes effect in the token service; locking protects the record only.
pub(super) fn mark(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let on = call.operation.method == "POST";
    let property = if call.operation.path.ends_with("/lock") { "locked" } else { "disabled" };
    let id = call.argument("id");
    let record = resources.get_mut(Api::IamIdentity, PATH, id).ok_or_else(|| Refusal::not_found(id))?;
    record.set(property, on);
    record.touch();
    if property == "disabled"
        && let Some(key) = call.world.account().api_keys.iter_mut().find(|key| key.id == id)
    {
        key.state = if on { ApiKeyState::Disabled } else { ApiKeyState::Active };
    }
    Ok(done(call.operation.status))
}

/// The key whose value the header has.
pub(super) fn details(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let refuse = || Refusal::new(Kind::MissingHeader, "IAM-ApiKey is required").about("header", "IAM-ApiKey");
    let value = call.request.header("iam-apikey").ok_or_else(refuse)?;
    let id = call.world.account().api_keys.iter().find(|key| key.value == value).map(|key| key.id.clone());
    if value == EXAMPLE {
        parents::materialise(call, resources, &crate::spec::template(PATH), PATH, EXAMPLE);
    }
    let id = id.unwrap_or_else(|| EXAMPLE.to_owned());
    let record = resources.get(Api::IamIdentity, PATH, &id).filter(|record| record.id != EXAMPLE || value == EXAMPLE);
    record.map(|record| respond::with(call, record)).ok_or_else(|| Refusal::not_found("the API key"))
}
