//! Pages, and where they say which comes next: `x-pagination` of the documents.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::store::Record;
use crate::api::{Call, Kind, Refusal};
use crate::spec::{Api, Document, Next, Paging};

const MOST: usize = 100;

pub(crate) struct Page<'r> {
    pub(crate) records: &'r [Record],
    offset: usize,
    limit: usize,
    total: usize,
    /// The token of the next page.
    next: Option<String>,
}

/// The page that the query asks for; everything, if the operation has no pages.
pub(crate) fn page<'r>(call: &Call<'_>, records: &'r [Record]) -> Result<Page<'r>, Refusal> {
    let total = records.len();
    let Some(paging) = &call.operation.paging else {
        return Ok(Page { records, offset: 0, limit: total.max(1), total, next: None });
    };
    let limit = limit(call, paging)?;
    let offset = match call.query(&paging.token) {
        None => 0,
        Some(token) => start(paging, token, records)?,
    };
    let end = offset.saturating_add(limit).min(total);
    let next = (end < total).then(|| match paging.next {
        Next::HrefOffset | Next::Total => end.to_string(),
        _ => token(end, records.get(end)),
    });
    Ok(Page { records: records.get(offset..end).unwrap_or_default(), offset, limit, total, next })
}

fn limit(call: &Call<'_>, paging: &Paging) -> Result<usize, Refusal> {
    let default = if call.api == Api::IamIdentity { 20 } else { 50 };
    let Some(text) = call.query(&paging.limit) else { return Ok(default) };
    text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
        let why = format!("{} must be from 1 to {MOST}", paging.limit);
        Refusal::new(Kind::InvalidParameter, &why).about("parameter", &paging.limit)
    })
}

/// Where the page of this token begins. What was deleted meanwhile makes nothing come twice or never:
/// a token names the item that comes next, and its place in case it has gone.
fn start(paging: &Paging, token: &str, records: &[Record]) -> Result<usize, Refusal> {
    let refuse = || Refusal::new(Kind::InvalidParameter, &format!("{} is not valid", paging.token)).about("parameter", &paging.token);
    if matches!(paging.next, Next::HrefOffset | Next::Total) {
        return token.parse().map_err(|_| refuse());
    }
    let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(refuse)?;
    let (place, id) = decoded.split_once(' ').ok_or_else(refuse)?;
    let place = place.parse().map_err(|_| refuse())?;
    Ok(records.iter().position(|record| record.id == id).unwrap_or(place))
}

fn token(place: usize, record: Option<&Record>) -> String {
    URL_SAFE_NO_PAD.encode(format!("{place} {}", record.map_or("", |record| record.id.as_str())))
}

/// Fills in what a list says about its pages.
pub(crate) fn describe(call: &Call<'_>, schema: &Value, page: &Page<'_>, fields: &mut Map<String, Value>) {
    let numbers = [("limit", page.limit), ("offset", page.offset), ("total_count", page.total), ("count", page.records.len())];
    for (name, number) in numbers {
        if call.document.property(schema, name).is_some() {
            fields.insert(name.to_owned(), json!(number));
        }
    }
    for name in ["previous", "next", "last"] {
        fields.remove(name);
    }
    let Some(paging) = &call.operation.paging else { return };
    if let Some(property) = call.document.property(schema, "first") {
        fields.insert("first".to_owned(), link(call, property, paging, page.limit, None));
    }
    if let Some(property) = call.document.property(schema, "last") {
        let last = page.total.saturating_sub(1) / page.limit * page.limit;
        fields.insert("last".to_owned(), link(call, property, paging, page.limit, Some(&last.to_string())));
    }
    if let (Some(token), Some(property)) = (&page.next, call.document.property(schema, "next")) {
        fields.insert("next".to_owned(), link(call, property, paging, page.limit, Some(token)));
    }
}

/// A URL, or an object that has it, and the token where the object has a place for it.
fn link(call: &Call<'_>, schema: &Value, paging: &Paging, limit: usize, token: Option<&str>) -> Value {
    let document: &Document = call.document;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &call.query {
        if ![paging.limit.as_str(), paging.token.as_str(), "version", "generation"].contains(&name.as_str()) {
            query.append_pair(name, value);
        }
    }
    query.append_pair(&paging.limit, &limit.to_string());
    if let Some(token) = token {
        query.append_pair(&paging.token, token);
    }
    let slash = if call.operation.path.ends_with('/') { "/" } else { "" };
    let url = format!("{}{slash}?{}", call.url(&call.path()), query.finish());
    if document.is_type(schema, "string") {
        return json!(url);
    }
    let mut link = json!({ "href": url });
    if let (Some(token), Some(fields)) = (token, link.as_object_mut())
        && document.property(schema, "start").is_some()
    {
        fields.insert("start".to_owned(), json!(token));
    }
    link
}
