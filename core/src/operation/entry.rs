//! An operation as a row of a table: 706 of them weigh less as text than as anything else.
//!
//! A row is `name METHOD path field...`, with one blank between. The path has `{name}` where an argument goes. A field is
//!
//! | starts with | and means |
//! |---|---|
//! | `>` | the body: `>json`, `>patch`, `>form` or `>xml`, then `!` if it is required, `?` if leaving it out means something |
//! | `<` | the answer: `<json`, `<text` or `<xml`; without it there is no content; `<yes` is 404 for "no" |
//! | `/` | an earlier path, and after `..` the last version date that it holds for |
//! | `#` | the paging: `#kind:items`, and after another `:` the parameter for the size of a page, if it is not `limit` |
//! | `+` | `+repeatable`: sending it twice does no harm, although it is a POST; `+once`: it does; `+deprecated`; `+none`, `+grant`: the credential |
//! | all else | a parameter (`parameter.rs`) |

use super::paginate::Paging;
use super::parameter::{Parameter, Place};
use super::{ApiDate, Auth, Service};
use http::Method;
use std::fmt;

/// An operation of one of the services, as its document describes it.
#[derive(Clone, Copy)]
pub struct Entry {
    service: &'static Service,
    row: &'static str,
}

/// The body that an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// How it is written.
    pub format: Format,
    /// Whether there has to be one.
    pub is_required: bool,
    /// Whether leaving it out means something of its own. Otherwise an empty object is sent.
    pub may_be_absent: bool,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/merge-patch+json` (RFC 7396): what is absent is left alone, `null` removes.
    MergePatch,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/xml`, given as text.
    Xml,
}

/// What an operation is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing but a status.
    Nothing,
    /// JSON.
    Json,
    /// `text/plain`.
    Text,
    /// `text/xml`.
    Xml,
    /// Nothing but a status: 404 is "no", and all successes are "yes".
    YesOrNo,
}

impl Entry {
    pub(crate) const fn new(service: &'static Service, row: &'static str) -> Self {
        Self { service, row }
    }

    /// Its service.
    #[must_use]
    pub const fn service(&self) -> &'static Service {
        self.service
    }

    /// Its name within the service, such as `list_instances`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.word(0)
    }

    /// `service.name`, such as `vpc.list_instances`.
    #[must_use]
    pub fn id(&self) -> String {
        [self.service.name, ".", self.name()].concat()
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        match self.word(1) {
            "GET" => Method::GET,
            "HEAD" => Method::HEAD,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        }
    }

    /// The path for a version date (R13), with `{name}` where an argument goes.
    #[must_use]
    pub fn path(&self, version: Option<ApiDate>) -> &'static str {
        let earlier = self.fields().filter(|field| field.starts_with('/')).filter_map(|field| field.split_once(".."));
        let held = earlier.filter(|(_, last)| version.zip(ApiDate::parse("version", last).ok()).is_some_and(|(given, last)| given <= last));
        // The one that ended first is the last of them.
        held.last().map_or_else(|| self.word(2), |(path, _)| path)
    }

    /// Every parameter but `version` and `generation`, those of the path first.
    #[must_use]
    #[inline(never)]
    pub fn parameters(&self) -> Vec<Parameter> {
        let in_path = self.word(2).split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let mut all: Vec<Parameter> = in_path.map(Parameter::in_path).collect();
        all.extend(self.fields().filter(|field| !field.starts_with(['>', '<', '/', '#', '+'])).map(Parameter::read));
        all
    }

    /// The header `name` (in capitals or not), if it is a parameter.
    pub(crate) fn header(&self, name: &str) -> Option<Parameter> {
        self.parameters().into_iter().find(|p| p.place == Place::Header && p.name.eq_ignore_ascii_case(name))
    }

    /// The body, if it takes one.
    #[must_use]
    pub fn body(&self) -> Option<Body> {
        let field = self.field('>')?;
        let format = field.trim_end_matches(['!', '?']);
        Some(Body {
            format: match format {
                "patch" => Format::MergePatch,
                "form" => Format::Form,
                "xml" => Format::Xml,
                _ => Format::Json,
            },
            is_required: field.ends_with('!'),
            may_be_absent: field.ends_with('?'),
        })
    }

    /// What it is answered with.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self.field('<') {
            Some("json") => Answer::Json,
            Some("text") => Answer::Text,
            Some("xml") => Answer::Xml,
            Some("yes") => Answer::YesOrNo,
            _ => Answer::Nothing,
        }
    }

    /// How it is paged. None: it answers with everything at once.
    #[must_use]
    pub fn paging(&self) -> Option<Paging> {
        self.field('#').and_then(Paging::read)
    }

    /// The credential it takes.
    #[must_use]
    pub fn auth(&self) -> Auth {
        match (self.has("none"), self.has("grant")) {
            (true, _) => Auth::None,
            (_, true) => Auth::Grant,
            _ => self.service.auth,
        }
    }

    /// Whether sending it twice does what sending it once does.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.has("repeatable") || (self.word(1) != "POST" && !self.has("once"))
    }

    /// Whether the service wants no newcomers to use it.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.has("deprecated")
    }

    #[inline(never)]
    fn has(&self, flag: &str) -> bool {
        self.fields().any(|field| field.strip_prefix('+') == Some(flag))
    }

    #[inline(never)]
    fn word(&self, index: usize) -> &'static str {
        self.row.split(' ').nth(index).unwrap_or_default()
    }

    fn fields(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.row.split(' ').skip(3)
    }

    /// The first field that starts with `mark`, without it.
    #[inline(never)]
    fn field(&self, mark: char) -> Option<&'static str> {
        self.fields().find_map(|field| field.strip_prefix(mark))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}.{})", self.service.name, self.name())
    }
}

/// Equal when they are the same operation.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.service.name, self.name()) == (other.service.name, other.name())
    }
}

impl Eq for Entry {}
