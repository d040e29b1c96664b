//! The encoder: from arguments by name to the request of an entry. There is no other.

use super::encode::{Head, assemble};
use super::entry::{Answer, Body, Format};
use super::nearest::nearest;
use super::parameter::{Kind, Parameter, Place};
use super::{ApiDate, Entry};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::wire::{BaseUrl, Json, form, parameter_header, path_segment, query, to_bytes, to_text};
use http::{HeaderName, HeaderValue, Request};
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

/// Where operations of a service are called, and what is sent with each of them. The arguments `version` and
/// `generation` of a call go before.
#[derive(Clone, Debug)]
pub struct Target {
    /// The service's address; [`super::Service::base`] is the usual one. It is https, or http to loopback, and to
    /// 169.254.0.0/16 for the metadata service alone (R20).
    pub base: BaseUrl,
    /// The version date; none means the service's own default.
    pub version: Option<ApiDate>,
    /// The generation; none means the service's own default.
    pub generation: Option<u64>,
}

impl Target {
    /// `base`, with the defaults of the service.
    #[must_use]
    pub const fn new(base: BaseUrl) -> Self {
        Self { base, version: None, generation: None }
    }
}

impl Entry {
    /// The request for `arguments`: an object of the parameters by their argument names, and `body`. A member that is
    /// `null` counts as absent. The request holds no credentials: whoever sends it adds them.
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that is unknown, missing, of another kind, or cannot stand where it goes (R18),
    /// or the `base` of `target` when credentials should not go there (R20).
    pub fn request(&self, arguments: &Json, target: &Target) -> Result<Request<Vec<u8>>, Error> {
        if !self.service().may_be_at(&target.base) {
            let shown = &target.base;
            return Err(refuse(
                *self,
                &format!("base: expected https, or http to loopback, since a credential is sent there, got {shown}"),
            ));
        }
        let arguments = Arguments::read(*self, arguments)?;
        let version = arguments.version(target)?;
        let query = arguments.query(version, target)?;
        let (content_type, body) = arguments.body()?.unzip();
        let head = Head { id: &self.id(), method: self.method(), base: &target.base, accept: accept(self.answer()), content_type };
        let (path, headers) = (arguments.path(version)?, arguments.headers()?);
        assemble(&head, &path, &query, headers, body.map(|mut body| std::mem::take(&mut *body)).unwrap_or_default())
    }

    /// Whether there is a request for `arguments`.
    ///
    /// # Errors
    /// As for [`Entry::request`].
    pub fn check(&self, arguments: &Json, target: &Target) -> Result<(), Error> {
        self.request(arguments, target).map(|mut request| request.body_mut().zeroize())
    }

    /// What in `arguments` is a secret, so that no error shows it.
    pub(crate) fn secrets(&self, arguments: &Json) -> Vec<Secret> {
        let mut found = Vec::new();
        let secret = |p: &Parameter| p.kind == Kind::Secret;
        for parameter in self.parameters().iter().filter(|p| secret(p)) {
            let given = arguments.as_value().as_object().and_then(|a| a.iter().find(|(name, _)| parameter.is_called(name)));
            found.extend(given.and_then(|(_, value)| value.as_str()).map(Secret::new));
        }
        if let Some(body) = arguments.get("body") {
            collect(body, self.service().secrets, &mut found);
        }
        found
    }

    /// The names of all arguments that may be given.
    pub fn arguments(&self) -> impl Iterator<Item = String> + use<> {
        let service = self.service();
        let own = self.parameters().into_iter().filter(|p| p.constant.is_none()).map(|p| p.argument());
        let of_service = [service.version.map(|_| "version"), service.generation.map(|_| "generation"), self.body().map(|_| "body")];
        own.chain(of_service.into_iter().flatten().map(str::to_owned))
    }
}

fn collect(value: &Value, names: &[&str], found: &mut Vec<Secret>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if names.contains(&name.as_str()) => found.push(Secret::new(text.as_str())),
                    _ => collect(member, names, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names, found)),
        _ => {}
    }
}

const fn accept(answer: Answer) -> &'static str {
    match answer {
        Answer::Text => "text/plain",
        Answer::Xml => "text/xml",
        // Refusals are JSON, whatever a success is.
        Answer::Json | Answer::Nothing | Answer::YesOrNo => "application/json",
    }
}

/// What was given, every name of it known.
struct Arguments<'a> {
    entry: Entry,
    parameters: Vec<Parameter>,
    given: &'a Map<String, Value>,
}

impl<'a> Arguments<'a> {
    fn read(entry: Entry, arguments: &'a Json) -> Result<Self, Error> {
        let Value::Object(given) = arguments.as_value() else {
            return Err(refuse(entry, "the arguments have to be an object"));
        };
        let this = Self { entry, parameters: entry.parameters(), given };
        for name in given.keys() {
            this.check_name(name)?;
        }
        let is_missing = |p: &&Parameter| p.is_required && p.constant.is_none() && this.get(p).is_none();
        let mut missing: Vec<String> = this.parameters.iter().filter(is_missing).map(Parameter::argument).collect();
        if entry.body().is_some_and(|body| body.is_required) && this.named("body").is_none() {
            missing.push("body".to_owned());
        }
        match missing.as_slice() {
            [] => Ok(this),
            [one] => Err(refuse(entry, &format!("the argument {one} is missing"))),
            many => Err(refuse(entry, &format!("the arguments {} are missing", many.join(", ")))),
        }
    }

    fn check_name(&self, name: &str) -> Result<(), Error> {
        let service = self.entry.service();
        let is_known = match name {
            "version" if service.version.is_some() => true,
            "generation" if service.generation.is_some() => true,
            "body" if self.entry.body().is_some() => true,
            _ => self.parameters.iter().any(|p| p.constant.is_none() && p.is_called(name)),
        };
        if is_known {
            return Ok(());
        }
        let known: Vec<String> = self.entry.arguments().collect();
        let hint = match (nearest(name, &known), known.len()) {
            (Some(near), _) => format!("did you mean {near}?"),
            (None, 0) => "it takes none".to_owned(),
            (None, _) => format!("it takes {}", known.join(", ")),
        };
        Err(refuse(self.entry, &format!("there is no argument {name:?}; {hint}")))
    }

    fn named(&self, name: &str) -> Option<&'a Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    fn get(&self, parameter: &Parameter) -> Option<&'a Value> {
        let (_, value) = self.given.iter().find(|(name, value)| !value.is_null() && parameter.is_called(name))?;
        Some(value)
    }

    /// The version date, where the service takes one.
    fn version(&self, target: &Target) -> Result<Option<ApiDate>, Error> {
        let Some(default) = self.entry.service().version else { return Ok(None) };
        match self.named("version") {
            None => Ok(Some(target.version.unwrap_or(default))),
            Some(value) => match value.as_str().map(|text| ApiDate::parse("version", text)) {
                Some(Ok(date)) => Ok(Some(date)),
                _ => Err(mistyped(self.entry, "version", "a date as YYYY-MM-DD", value)),
            },
        }
    }

    fn path(&self, version: Option<ApiDate>) -> Result<String, Error> {
        let mut parameters = self.parameters.iter().filter(|p| p.place == Place::Path);
        let mut path = String::new();
        // Placeholders and their parameters stand in the same order.
        for segment in self.entry.path(version).split('/').skip(1) {
            path.push('/');
            if !segment.starts_with('{') {
                path.push_str(segment);
            } else if let Some(parameter) = parameters.next() {
                path.push_str(&self.segment(parameter)?);
            }
        }
        Ok(path)
    }

    fn segment(&self, parameter: &Parameter) -> Result<String, Error> {
        let text = self.text(parameter)?.unwrap_or_default();
        path_segment("segment", &text).map_err(|invalid| {
            let argument = parameter.argument();
            refuse(self.entry, &format!("{argument}: expected {}, got {:?}", invalid.expected, invalid.given))
        })
    }

    fn query(&self, version: Option<ApiDate>, target: &Target) -> Result<String, Error> {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(version.map(|date| ("version", date.to_string())));
        if let Some(default) = self.entry.service().generation {
            let given = self.named("generation");
            let number = given.map(|value| value.as_u64().ok_or_else(|| mistyped(self.entry, "generation", "a whole number", value)));
            let generation = number.transpose()?.or(target.generation).unwrap_or(default);
            pairs.push(("generation", generation.to_string()));
        }
        for parameter in self.parameters.iter().filter(|p| p.place == Place::Query) {
            pairs.extend(self.text(parameter)?.map(|text| (parameter.name, text)));
        }
        Ok(query(pairs.iter().map(|(name, value)| (*name, value.as_str()))))
    }

    fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
        let mut headers = Vec::new();
        for parameter in self.parameters.iter().filter(|p| p.place == Place::Header) {
            let Some(text) = self.text(parameter)?.map(Zeroizing::new) else { continue };
            let is_text = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') && text.trim() == *text;
            let name = parameter_header(parameter.name).ok_or_else(|| Error::new(ErrorCode::Internal, parameter.name))?.clone();
            let (true, Ok(mut value)) = (is_text, HeaderValue::try_from(text.as_str())) else {
                let argument = parameter.argument();
                let shown = if parameter.kind == Kind::Secret { String::new() } else { format!(", got {:?}", text.as_str()) };
                return Err(refuse(self.entry, &format!("{argument}: expected plain ASCII text that can stand in a header{shown}")));
            };
            value.set_sensitive(parameter.kind == Kind::Secret);
            headers.push((name, value));
        }
        Ok(headers)
    }

    /// The value of a parameter as text, if it has one.
    fn text(&self, parameter: &Parameter) -> Result<Option<String>, Error> {
        if let Some(constant) = parameter.constant {
            return Ok(Some(constant.to_owned()));
        }
        let Some(value) = self.get(parameter) else { return Ok(None) };
        let (text, expected) = match parameter.kind {
            Kind::Text | Kind::Secret => (value.as_str().map(str::to_owned), "a text"),
            Kind::Integer => ((value.is_i64() || value.is_u64()).then(|| to_text(value)), "a whole number"),
            Kind::Boolean => (value.is_boolean().then(|| to_text(value)), "true or false"),
            Kind::Texts => (joined(value), "a list of texts that is not empty and has no commas in it"),
        };
        match text {
            Some(text) => Ok(Some(text)),
            None if parameter.kind == Kind::Secret => Err(refuse(self.entry, &format!("{}: expected {expected}", parameter.argument()))),
            None => Err(mistyped(self.entry, &parameter.argument(), expected, value)),
        }
    }

    /// The media type and bytes of the body, if one is sent.
    fn body(&self) -> Result<Option<(&'static str, Bytes)>, Error> {
        let Some(Body { format, may_be_absent, .. }) = self.entry.body() else { return Ok(None) };
        let wrong = |expected: &str| refuse(self.entry, &format!("body: expected {expected}"));
        let nothing = Value::Object(Map::new());
        let value = match self.named("body") {
            Some(value) => value,
            None if may_be_absent => return Ok(None),
            None => &nothing,
        };
        Ok(Some(match format {
            Format::Json => ("application/json", to_bytes(value)),
            Format::MergePatch => ("application/merge-patch+json", to_bytes(value)),
            Format::Xml => ("text/xml", Zeroizing::new(value.as_str().ok_or_else(|| wrong("XML as text"))?.as_bytes().to_vec())),
            Format::Form => {
                let fields = value.as_object().ok_or_else(|| wrong("an object of texts"))?;
                let mut pairs: Vec<(&str, Secret)> = Vec::new();
                for (name, field) in fields.iter().filter(|(_, field)| !field.is_null()) {
                    let text = match field {
                        Value::String(text) => Secret::new(text.as_str()),
                        Value::Number(_) | Value::Bool(_) => Secret::new(to_text(field)),
                        _ => return Err(wrong(&format!("a text as {name}"))),
                    };
                    pairs.push((name, text));
                }
                let encoded = form(pairs.iter().map(|(name, value)| (*name, value.expose())));
                ("application/x-www-form-urlencoded", Zeroizing::new(encoded.expose().as_bytes().to_vec()))
            }
        }))
    }
}

/// What may hold secrets.
type Bytes = Zeroizing<Vec<u8>>;

fn joined(value: &Value) -> Option<String> {
    let items: Vec<&str> = value.as_array()?.iter().map(|item| item.as_str().filter(|text| !text.contains(','))).collect::<Option<_>>()?;
    (!items.is_empty()).then(|| items.join(","))
}

fn mistyped(entry: Entry, argument: &str, expected: &str, given: &Value) -> Error {
    let mut shown = to_text(given);
    if shown.len() > SHOWN {
        let end = (0..=SHOWN).rev().find(|&i| shown.is_char_boundary(i)).unwrap_or(0);
        shown.truncate(end);
        shown.push('…');
    }
    refuse(entry, &format!("{argument}: expected {expected}, got {shown}"))
}

/// The most of an argument that an error shows, in bytes.
const SHOWN: usize = 100;

fn refuse(entry: Entry, why: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("{}: {why}", entry.id()))
}
