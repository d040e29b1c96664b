//! `If-Match`: the tag of the last read or write.

use super::call::Call;
use super::refusal::{Kind, Refusal};
use crate::spec::Place;

/// Whether the request may change what has this tag now. That the header is there where it is required
/// was checked with the other parameters.
pub(crate) fn check(call: &Call<'_>, tag: &str) -> Result<(), Refusal> {
    let takes_one = call.operation.parameters(Place::Header).any(|parameter| parameter.name == "If-Match");
    match call.request.header("if-match").filter(|_| takes_one) {
        None | Some("*") => Ok(()),
        Some(given) if bare(given) == bare(tag) => Ok(()),
        Some(_) => Err(Refusal::new(Kind::Precondition, "the resource was changed since it was read").about("header", "If-Match")),
    }
}

/// Without what marks a tag as weak, and quotation marks.
fn bare(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/").trim_matches('"')
}
