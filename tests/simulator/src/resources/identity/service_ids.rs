//! Service IDs.

use serde_json::Value;

use super::{Api, Call, Outcome, Record, Resources, api_keys, create as creation, fresh, item, parents, respond};
use crate::api::{Refusal, done};

const PATH: &str = "/v1/serviceids";

/// With an API key, if the body asks for one.
pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let mut record = creation::create(call, resources)?;
    record.set("locked", call.request.header("entity-lock") == Some("true"));
    forget_key(&mut record);
    keep(resources, &record);
    if let Some(key) = call.body.get("apikey") {
        let iam_id = record.text("/iam_id").unwrap_or_default().to_owned();
        let name = key.get("name").and_then(Value::as_str).unwrap_or("apikey");
        let key = api_keys::create_for(call, resources, &iam_id, name);
        record.set("apikey", key);
    }
    Ok(respond::with(call, &record))
}

fn forget_key(record: &mut Record) {
    if let Some(fields) = record.value.as_object_mut() {
        fields.remove("apikey");
    }
}

fn keep(resources: &mut Resources, record: &Record) {
    if let Some(place) = resources.get_mut(Api::IamIdentity, PATH, &record.id) {
        *place = record.clone();
    }
}

/// Every API key that was laid out in another way is a service ID's.
pub(super) fn adopt(call: &Call<'_>, resources: &mut Resources) {
    let owners: Vec<(String, String)> = {
        let account = call.world.account();
        account.api_keys.iter().map(|key| (key.iam_id.clone(), key.name.clone())).collect()
    };
    for (iam_id, name) in owners {
        let Some(id) = iam_id.strip_prefix("iam-").filter(|id| id.starts_with("ServiceId-")) else { continue };
        if resources.get(Api::IamIdentity, PATH, id).is_none() && resources.is_untouched(Api::IamIdentity, &format!("{PATH}/{id}")) {
            let value = fresh::item(call, &crate::spec::template(PATH), PATH, id, &Value::Null);
            let mut record = resources.put(Api::IamIdentity, PATH, id, value);
            record.set("name", name);
            record.set("locked", false);
            keep(resources, &record);
        }
    }
}

pub(super) fn update(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    api_keys::refuse_if_locked(&item::found(call, resources)?)?;
    item::put(call, resources)
}

/// Its API keys go with it.
pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let record = item::found(call, resources)?;
    api_keys::refuse_if_locked(&record)?;
    let iam_id = record.text("/iam_id").unwrap_or_default();
    call.world.account().api_keys.retain(|key| key.iam_id != iam_id);
    resources.list_mut(Api::IamIdentity, api_keys::PATH).retain(|key| key.text("/iam_id") != Some(iam_id));
    item::delete(call, resources)
}

pub(super) fn mark(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let id = call.argument("id");
    let record = resources.get_mut(Api::IamIdentity, PATH, id).ok_or_else(|| Refusal::not_found(id))?;
    record.set("locked", call.operation.method == "POST");
    record.touch();
    Ok(done(call.operation.status))
}
