//! An operation as JSON, for the methods of clients in other languages, and for pages that show them.

use crate::operation::{Answer, Auth, Entry, Format, Kind, Place};
use crate::wire::Json;
use serde_json::{Value, json};

/// An operation of a client: `method_name` as it is called there, `id`, `service`, `name`, `method`, `path`, `auth`
/// (`identity`, `iam`, `grant`, or null), `idempotent`, `deprecated`, `arguments`, `answer` (`json`, `text`, `xml`,
/// `yes_or_no`, or null), `pages`, and `items`: the property of a page that holds its items, or null.
///
/// An argument is `name`, `in` (`path`, `query`, `header`, `body`), `type` (`string`, `secret`, `integer`, `boolean`, `strings`;
/// of a body `json`, `merge_patch`, `form`, `xml`), and `required`: that there is an error without it. A required `if_match` is
/// what was last read, if it is not given.
#[must_use]
pub fn described(method_name: &str, entry: Entry) -> Json {
    let paging = entry.paging();
    json!({
        "method_name": method_name,
        "id": entry.id(),
        "service": entry.service().name,
        "name": entry.name(),
        "method": entry.method().as_str(),
        "path": entry.path(None),
        "auth": auth(entry.auth()),
        "idempotent": entry.is_idempotent(),
        "deprecated": entry.is_deprecated(),
        "arguments": arguments(entry),
        "answer": answer(entry.answer()),
        "pages": paging.is_some(),
        "items": paging.map(|paging| paging.items),
    })
    .into()
}

fn arguments(entry: Entry) -> Vec<Value> {
    let argument = |name: String, place, kind, is_required| json!({ "name": name, "in": place, "type": kind, "required": is_required });
    let own = entry.parameters().into_iter().filter(|p| p.constant.is_none());
    let own = own.map(|p| argument(p.argument(), place(p.place), kind(p.kind), p.is_needed()));
    let service = entry.service();
    let version = service.version.map(|_| argument("version".to_owned(), "query", "string", false));
    let generation = service.generation.map(|_| argument("generation".to_owned(), "query", "integer", false));
    let body = entry.body().map(|body| argument("body".to_owned(), "body", format(body.format), body.is_required));
    own.chain(version).chain(generation).chain(body).collect()
}

const fn auth(auth: Auth) -> Option<&'static str> {
    match auth {
        Auth::None => None,
        Auth::IdentityToken => Some("identity"),
        Auth::IamToken => Some("iam"),
        Auth::Grant => Some("grant"),
    }
}

const fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Secret => "secret",
        Kind::Integer => "integer",
        Kind::Boolean => "boolean",
        Kind::Texts => "strings",
    }
}

const fn format(format: Format) -> &'static str {
    match format {
        Format::Json => "json",
        Format::MergePatch => "merge_patch",
        Format::Form => "form",
        Format::Xml => "xml",
    }
}

const fn answer(answer: Answer) -> Option<&'static str> {
    match answer {
        Answer::Nothing => None,
        Answer::Json => Some("json"),
        Answer::Text => Some("text"),
        Answer::Xml => Some("xml"),
        Answer::YesOrNo => Some("yes_or_no"),
    }
}
