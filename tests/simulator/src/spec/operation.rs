//! One operation as its document describes it.

use serde_json::Value;

use super::document::Document;

pub(crate) struct Operation {
    pub(crate) id: String,
    /// In upper case.
    pub(crate) method: String,
    /// The template, without what the server's URL has.
    pub(crate) path: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) status: u16,
    /// The content type and schema of a success, if it has content.
    pub(crate) content: Option<(String, Value)>,
    pub(crate) paging: Option<Paging>,
}

/// A segment of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Parameter(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

pub(crate) struct Body {
    pub(crate) required: bool,
    pub(crate) content_type: String,
    pub(crate) schema: Value,
}

/// `x-pagination`.
pub(crate) struct Paging {
    /// The property that holds the items of a page.
    pub(crate) items: String,
    pub(crate) token: String,
    pub(crate) limit: String,
    pub(crate) next: Next,
}

/// Where a page says which one comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// `next.href?start`
    HrefStart,
    /// `next.start`
    Start,
    /// `next?pagetoken`
    PageToken,
    /// `next.href?offset`
    HrefOffset,
    /// Nowhere: the total tells.
    Total,
}

impl Operation {
    pub(super) fn read(document: &Document, path: &str, method: &str, item: &Value, operation: &Value) -> Self {
        let lists = [operation, item].into_iter().filter_map(|holder| holder.get("parameters")?.as_array());
        let parameters = lists.flatten().filter_map(|parameter| Parameter::read(document.resolve(parameter))).collect();
        let (status, content) = success(document, operation);
        Self {
            id: text(operation, "operationId"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            segments: segments(path),
            parameters,
            body: operation.get("requestBody").and_then(|body| Body::read(document.resolve(body))),
            status,
            content,
            paging: operation.get("x-pagination").map(Paging::read),
        }
    }

    pub(crate) fn schema(&self) -> Option<&Value> {
        self.content.as_ref().map(|(_, schema)| schema)
    }

    /// Parameters of one place.
    pub(crate) fn parameters(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }

    /// Whether the path ends with a parameter: one item, not a collection or an action.
    pub(crate) fn is_of_an_item(&self) -> bool {
        matches!(self.segments.iter().rev().find(|segment| !segment.is_empty()), Some(Segment::Parameter(_)))
    }
}

impl Segment {
    /// What stands after a slash at the end.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Literal(text) if text.is_empty())
    }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The segments of a path template.
pub(crate) fn segments(path: &str) -> Vec<Segment> {
    let parse = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(segment.to_owned()),
    };
    path.split('/').skip(1).map(parse).collect()
}

/// The first success; a document gives one.
fn success(document: &Document, operation: &Value) -> (u16, Option<(String, Value)>) {
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    for (status, response) in responses {
        let Some(status) = status.parse().ok().filter(|status| (200..300).contains(status)) else { continue };
        let content = document.resolve(response).get("content").and_then(Value::as_object);
        let first = content.and_then(|content| content.iter().next());
        return (status, first.and_then(|(label, media)| Some((label.clone(), media.get("schema")?.clone()))));
    }
    (200, None)
}

impl Parameter {
    fn read(parameter: &Value) -> Option<Self> {
        let place = match parameter.get("in")?.as_str()? {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            _ => return None,
        };
        Some(Self {
            name: text(parameter, "name"),
            place,
            required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
            schema: parameter.get("schema").cloned().unwrap_or_default(),
        })
    }
}

impl Body {
    fn read(body: &Value) -> Option<Self> {
        let (content_type, media) = body.get("content")?.as_object()?.iter().next()?;
        Some(Self {
            required: body.get("required").and_then(Value::as_bool).unwrap_or(false),
            content_type: content_type.clone(),
            schema: media.get("schema")?.clone(),
        })
    }

    pub(crate) fn is_merge_patch(&self) -> bool {
        self.content_type == "application/merge-patch+json"
    }

    pub(crate) fn is_json(&self) -> bool {
        self.content_type.ends_with("json")
    }
}

impl Paging {
    fn read(paging: &Value) -> Self {
        let next = match paging.get("next").and_then(Value::as_str) {
            Some("next.href?start") => Next::HrefStart,
            Some("next.start") => Next::Start,
            Some("next?pagetoken") => Next::PageToken,
            Some("next.href?offset") => Next::HrefOffset,
            _ => Next::Total,
        };
        Self { items: text(paging, "items"), token: text(paging, "token_param"), limit: text(paging, "limit_param"), next }
    }
}
