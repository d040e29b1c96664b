//! The resources behind the described interfaces, and what is done with them. Every collection of
//! every document is kept: created, listed, read, changed and deleted. What is special about one
//! stands in the file of its family.

mod access_groups;
mod containers;
mod create;
mod dress;
mod fresh;
mod identity;
mod item;
mod list;
mod overlay;
mod paging;
mod parents;
mod policies;
mod references;
mod respond;
mod shape;
mod single;
mod store;
mod vpc;

use crate::api::{Call, Outcome};
use crate::spec::Api;

pub(crate) use policies::is_administrator;
pub(crate) use store::Resources;

pub(crate) fn answer(call: &Call<'_>) -> Outcome {
    let mut resources = call.world.resources();
    resources.settle(call.now());
    let special = match call.api {
        Api::Vpc => vpc::answer(call, &mut resources),
        Api::IamIdentity => identity::answer(call, &mut resources),
        Api::AccessGroups => access_groups::answer(call, &mut resources),
        Api::Policies => policies::answer(call, &mut resources),
        Api::Containers => containers::answer(call, &mut resources),
        Api::Metadata | Api::IamToken => None,
    };
    special.unwrap_or_else(|| usual(call, &mut resources))
}

/// What an operation does as far as its method and path tell.
fn usual(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    references::ensure(call, resources)?;
    let is_list = shape::of_collection(call.document, shape::segments(call.operation), "GET")
        .is_some_and(|list| shape::items(call.document, list).is_some());
    match (call.operation.method.as_str(), call.operation.is_of_an_item()) {
        ("GET" | "HEAD", true) => item::read(call, resources),
        ("PATCH", true) => item::update(call, resources),
        ("PUT" | "POST", true) => item::put(call, resources),
        (_, true) => item::delete(call, resources),
        ("GET" | "HEAD", false) if is_list => list::answer(call, resources),
        ("GET" | "HEAD", false) => single::read(call, resources),
        ("POST", false) if shape::has_items(call.document, shape::segments(call.operation)) => create::answer(call, resources),
        ("POST", false) => single::act(call),
        ("DELETE", false) if is_list => list::clear(call, resources),
        ("DELETE", false) => single::remove(call, resources),
        (_, false) if is_list => list::replace(call, resources),
        (_, false) => single::write(call, resources),
    }
}
