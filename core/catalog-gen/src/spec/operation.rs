//! One operation.

use super::openapi;
use super::paging::Paging;
use super::parameter::{Parameter, Place};
use super::schema::Schema;

/// An operation as its document describes it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `service.name`: unique among all of them.
    pub id: String,
    /// The name of the service.
    pub service: &'static str,
    /// The document's `operationId`, such as `list_instances`: unique within the service.
    pub name: String,
    /// The HTTP method.
    pub method: Method,
    /// The path below the service's address, with `{name}` where an argument goes.
    pub path: String,
    /// The paths that older version dates want, newest first.
    pub earlier_paths: Vec<EarlierPath>,
    /// The parameters in the order of the document, `version` and `generation` left out: those are the service's.
    pub parameters: Vec<Parameter>,
    /// The body of the request, if it has one.
    pub body: Option<Body>,
    /// The answers that are successes; mostly one.
    pub successes: Vec<Success>,
    /// The credential.
    pub auth: Auth,
    /// How it is paged, if it is.
    pub paging: Option<Paging>,
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// Whether the service wants no newcomers to use it.
    pub deprecated: bool,
    /// The version date it came with, if known.
    pub since: Option<String>,
    /// The group that the service's own documentation lists it under.
    pub tag: String,
}

/// A path that holds up to a version date.
#[derive(Clone, Debug)]
pub struct EarlierPath {
    /// The path.
    pub path: String,
    /// The last version date, as `YYYY-MM-DD`.
    pub version_max: String,
}

/// HTTP methods that occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// In capitals.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The credential an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// None.
    None,
    /// An identity token of the instance.
    IdentityToken,
    /// An IAM access token.
    IamToken,
    /// What is in the body, and possibly a registered client.
    Grant,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`.
    Json,
    /// `application/merge-patch+json`.
    MergePatch,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/xml`.
    Xml,
    /// `text/plain`.
    Plain,
}

impl MediaType {
    /// As it stands in `Content-Type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::MergePatch => "application/merge-patch+json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Xml => "text/xml",
            Self::Plain => "text/plain",
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let all = [Self::Json, Self::MergePatch, Self::Form, Self::Xml, Self::Plain];
        all.into_iter().find(|known| known.as_str() == text).ok_or_else(|| format!("media type {text} is not known"))
    }
}

/// The body of a request.
#[derive(Clone, Debug)]
pub struct Body {
    /// How it is written.
    pub media_type: MediaType,
    /// Whether there has to be one.
    pub required: bool,
    /// Whether leaving it out means something of its own. Otherwise an empty object is sent.
    pub may_be_absent: bool,
    /// What it holds.
    pub schema: Schema,
}

/// An answer that is a success.
#[derive(Clone, Debug)]
pub struct Success {
    /// The HTTP status; 404 is one where it means "no".
    pub status: u16,
    /// How its body is written, and what it holds. None: there is no body.
    pub content: Option<(MediaType, Schema)>,
}

impl Operation {
    pub(super) fn read(
        document: &openapi::Document,
        service: &'static str,
        path: &str,
        method: &str,
        raw: &openapi::Operation,
    ) -> Result<Self, String> {
        let method = read_method(method)?;
        let parameters = raw.parameters.iter().map(|parameter| match parameter {
            openapi::ParameterOrReference::Parameter(parameter) => Ok(parameter),
            openapi::ParameterOrReference::Reference { reference } => {
                let name = reference.rsplit('/').next().unwrap_or_default();
                document.components.parameters.get(name).ok_or_else(|| format!("nothing is at {reference}"))
            }
        });
        let parameters: Vec<&openapi::Parameter> = parameters.collect::<Result<_, _>>()?;
        let parameters: Vec<Parameter> =
            parameters.into_iter().filter(|p| !document.is_of_every_call(p)).map(Parameter::read).collect::<Result<_, _>>()?;
        check_path(path, &parameters)?;
        let body = raw.request_body.as_ref().map(|body| read_body(body, raw.body_absent.is_some())).transpose()?;
        Ok(Self {
            id: format!("{service}.{}", raw.operation_id),
            service,
            name: raw.operation_id.clone(),
            method,
            path: path.to_owned(),
            earlier_paths: raw
                .path_history
                .iter()
                .map(|earlier| EarlierPath { path: earlier.path.clone(), version_max: earlier.version_max.clone() })
                .collect(),
            parameters,
            successes: read_successes(raw)?,
            auth: read_auth(document, raw, body.as_ref())?,
            paging: raw.pagination.as_ref().map(Paging::read).transpose()?,
            idempotent: raw.idempotent.unwrap_or(method != Method::Post),
            deprecated: raw.deprecated,
            since: raw.since.clone(),
            tag: raw.tags.first().cloned().unwrap_or_default(),
            body,
        })
    }
}

fn read_method(text: &str) -> Result<Method, String> {
    Ok(match text {
        "get" => Method::Get,
        "head" => Method::Head,
        "post" => Method::Post,
        "put" => Method::Put,
        "patch" => Method::Patch,
        "delete" => Method::Delete,
        other => return Err(format!("method {other} is not known")),
    })
}

/// Every placeholder of a path is a segment of its own and has a parameter, and the other way round.
fn check_path(path: &str, parameters: &[Parameter]) -> Result<(), String> {
    let placeholders: Vec<&str> = path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect();
    if path.matches(['{', '}']).count() != 2 * placeholders.len() {
        return Err(format!("{path} has a placeholder that is only a part of a segment"));
    }
    let mut declared: Vec<&str> = parameters.iter().filter(|p| p.place == Place::Path).map(|p| p.name.as_str()).collect();
    let mut placed = placeholders;
    declared.sort_unstable();
    placed.sort_unstable();
    if declared == placed { Ok(()) } else { Err(format!("{path} and its parameters {declared:?} differ")) }
}

fn read_body(raw: &openapi::RequestBody, may_be_absent: bool) -> Result<Body, String> {
    let mut content = raw.content.iter();
    let (Some((media_type, content)), None) = (content.next(), content.next()) else {
        return Err("a body has exactly one media type".to_owned());
    };
    Ok(Body {
        media_type: MediaType::read(media_type)?,
        required: raw.required,
        may_be_absent: may_be_absent && !raw.required,
        schema: Schema::read(&content.schema)?,
    })
}

fn read_successes(raw: &openapi::Operation) -> Result<Vec<Success>, String> {
    let mut successes = Vec::new();
    for (status, response) in &raw.responses {
        let Ok(status) = status.parse::<u16>() else { continue };
        let content = match response.content.iter().next() {
            Some((media_type, content)) => Some((MediaType::read(media_type)?, Schema::read(&content.schema)?)),
            None => None,
        };
        successes.push(Success { status, content });
    }
    if successes.is_empty() { Err("there is no success".to_owned()) } else { Ok(successes) }
}

fn read_auth(document: &openapi::Document, raw: &openapi::Operation, body: Option<&Body>) -> Result<Auth, String> {
    let security = raw.security.as_ref().unwrap_or(&document.security);
    let mut schemes = security.iter().flat_map(|alternative| alternative.keys());
    Ok(match schemes.next().map(String::as_str) {
        None if body.is_some_and(|body| body.media_type == MediaType::Form) => Auth::Grant,
        None => Auth::None,
        Some("IAMClient") => Auth::Grant,
        Some("IAM") => Auth::IamToken,
        Some("IdentityToken") => Auth::IdentityToken,
        Some(other) => return Err(format!("security scheme {other} is not known")),
    })
}
