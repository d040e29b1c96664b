//! Requests for described operations: found by their document, checked against it, and then handed to
//! the resources. What every interface does alike is here; what each does in its own way is in
//! [`crate::resources`].

mod arguments;
mod authenticate;
mod call;
mod precondition;
mod refusal;
mod secrets;

use std::sync::Arc;

use hyper::StatusCode;

use crate::exchange::{Answer, Circumstances, Received};
use crate::resources;
use crate::spec::{Api, Routed};
use crate::world::World;

pub(crate) use call::{Call, escaped};
pub(crate) use precondition::check as check_precondition;
pub(crate) use refusal::{Kind, Refusal};

pub(crate) type Outcome = Result<Answer, Refusal>;

/// The name that every collection knows: asking for this id lays out an example of the collection's
/// items, so that any operation can be tried without any preparation.
pub(crate) const EXAMPLE: &str = "example";

/// Answers for one of `apis`: the first whose document has the path.
pub(crate) fn answer(world: &Arc<World>, apis: &[Api], request: &Received, circumstances: &Circumstances) -> Answer {
    let (api, routed) = route(apis, request);
    let outcome = respond(world, api, routed, request, circumstances);
    let mut answer = outcome.unwrap_or_else(|refusal| refusal.answer(api, request, circumstances));
    if request.method == "HEAD" {
        answer.body.clear();
    }
    answer.set_header("x-request-id", circumstances.request_id.clone());
    answer.set_header("cache-control", "no-store");
    answer
}

fn route<'a>(apis: &[Api], request: &Received) -> (Api, Routed<'a>) {
    let mut other = (apis.first().copied().unwrap_or(Api::Vpc), Routed::Unknown);
    for api in apis {
        let Some(path) = request.path.strip_prefix(api.base()) else { continue };
        match api.document().route(&request.method, path) {
            Routed::Unknown => {}
            Routed::OtherMethod => other = (*api, Routed::OtherMethod),
            found @ Routed::Found { .. } => return (*api, found),
        }
    }
    other
}

fn respond(world: &Arc<World>, api: Api, routed: Routed<'static>, request: &Received, circumstances: &Circumstances) -> Outcome {
    let caller = authenticate::caller(world, request, circumstances)?;
    authenticate::authorize(world, api, &caller)?;
    let (operation, arguments) = match routed {
        Routed::Found { operation, arguments } => (operation, arguments),
        Routed::OtherMethod => return Err(Refusal::new(Kind::Method, "the method is not supported for this path")),
        Routed::Unknown => return Err(Refusal::new(Kind::NotFound, "there is no such path")),
    };
    let mut call = Call::new(world, api, operation, arguments, request, circumstances, caller);
    arguments::check(&call)?;
    call.body = arguments::body(&call)?;
    secrets::remember(&call);
    resources::answer(&call)
}

/// An answer without content.
pub(crate) fn done(status: u16) -> Answer {
    Answer::empty(StatusCode::from_u16(status).unwrap_or(StatusCode::OK))
}
