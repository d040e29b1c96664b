//! What the account has in its VPC from the start: a stock image, and the instances that were laid out.

use super::super::dress::fresh_id;
use super::super::store::Resources;
use super::{create, instance, keep, lay, prepare, respond};
use crate::api::{Call, Outcome, Refusal, done};
use crate::spec::{Api, Dice};

const IMAGE: &str = "ibm-ubuntu-24-04-minimal-amd64-1";

pub(super) fn lay_out(call: &Call<'_>, resources: &mut Resources) {
    if resources.is_untouched(Api::Vpc, "/images") {
        let mut image = lay(call, resources, "/images", "/images", &fresh_id(Api::Vpc, "/images"));
        image.set("name", IMAGE);
        image.set("visibility", "public");
        keep(resources, "/images", &image);
    }
    instance::adopt(call, resources);
}

/// A fingerprint that is the key's own.
pub(super) fn create_key(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let mut key = create::create(call, resources)?;
    let public_key = call.text("/public_key").unwrap_or_default();
    let is_rsa = call.text("/type").unwrap_or(if public_key.starts_with("ssh-ed25519") { "ed25519" } else { "rsa" }) == "rsa";
    key.set("fingerprint", format!("SHA256:{}", Dice::of(public_key).uuid()));
    key.set("type", if is_rsa { "rsa" } else { "ed25519" });
    key.set("length", if is_rsa { 4096 } else { 256 });
    keep(resources, "/keys", &key);
    Ok(respond::with(call, &key))
}

/// An image that is deprecated or obsolete says so.
pub(super) fn retire(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = call.argument("id");
    let image = resources.get_mut(Api::Vpc, "/images", id).ok_or_else(|| Refusal::not_found(id))?;
    image.set("status", if call.operation.id == "deprecate_image" { "deprecated" } else { "obsolete" });
    image.touch();
    Ok(done(call.operation.status))
}
