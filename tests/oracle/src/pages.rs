//! The same pages for IBM's pagers and for ours.

use crate::ours;
use catalog_gen::spec::{Next, Operation, Paging, Spec};
use serde_json::{Map, Value, json};
use trusted_profile_core::catalog;
use trusted_profile_core::wire::Json;

/// The pairs of a query, decoded and sorted.
pub type Query = Vec<(String, String)>;

/// A cursor that has to be decoded and encoded with care.
const CURSORS: [&str; 2] = ["a/b c+d%2F&e=\u{fc}", "2-Zm9v=="];

/// Three pages with five items, by service and operation, with the arguments of the first call.
#[must_use]
pub fn all(spec: &Spec) -> Value {
    let paged = spec.operations().filter_map(|(_, operation)| Some((operation, operation.paging.as_ref()?)));
    let pages = paged.map(|(operation, paging)| {
        let pages: Vec<Value> = (0..3).map(|index| page(paging, index)).collect();
        (operation.id.clone(), json!({ "arguments": arguments(operation, paging), "pages": pages }))
    });
    Value::Object(pages.collect())
}

fn arguments(operation: &Operation, paging: &Paging) -> Map<String, Value> {
    let required = operation.parameters.iter().filter(|p| p.required);
    let mut arguments: Map<String, Value> = required.map(|p| (p.argument.clone(), format!("the-{}", p.argument).into())).collect();
    arguments.insert(paging.limit.clone(), 2.into());
    arguments
}

fn page(paging: &Paging, index: usize) -> Value {
    let items: Vec<Value> = (0..if index < 2 { 2 } else { 1 }).map(|item| json!({ "id": format!("{index}-{item}") })).collect();
    let mut page =
        Map::from_iter([(paging.items.clone(), Value::Array(items)), ("limit".to_owned(), 2.into()), ("total_count".to_owned(), 5.into())]);
    if let Some(cursor) = CURSORS.get(index) {
        let address = |name: &str, value: &str| {
            let pair = form_urlencoded::Serializer::new(String::new()).append_pair("limit", "2").append_pair(name, value).finish();
            format!("https://elsewhere.example/v1/x?{pair}")
        };
        match paging.next {
            Next::HrefStart => drop(page.insert("next".to_owned(), json!({ "href": address("start", cursor) }))),
            Next::Start => drop(page.insert("next".to_owned(), json!({ "href": address("start", cursor), "start": cursor }))),
            Next::Pagetoken => drop(page.insert("next".to_owned(), address("pagetoken", cursor).into())),
            Next::HrefOffset => drop(page.insert("next".to_owned(), json!({ "href": address("offset", &(2 * index + 2).to_string()) }))),
            Next::OffsetTotal => {}
        }
    }
    Value::Object(page)
}

/// The queries that we send for those pages, and how many items come of them.
///
/// # Errors
/// Why the walk broke.
pub fn walk(id: &str, given: &Value) -> Result<(Vec<Query>, usize), String> {
    let said = |error: trusted_profile_core::Error| error.message().to_owned();
    let arguments = given.get("arguments").cloned().unwrap_or_default();
    let mut pages = catalog::pages(id, Json::from(arguments)).map_err(said)?;
    let (mut queries, mut items) = (Vec::new(), 0);
    for page in given.get("pages").and_then(Value::as_array).into_iter().flatten() {
        let Some(arguments) = pages.arguments().and_then(|arguments| arguments.as_value().as_object()).cloned() else { break };
        queries.push(ours::build(id, &arguments)?.query);
        items += pages.turn(&Json::from(page.clone())).map_err(said)?.len();
    }
    match pages.arguments() {
        None => Ok((queries, items)),
        Some(_) => Err("the last page was not the end".to_owned()),
    }
}
