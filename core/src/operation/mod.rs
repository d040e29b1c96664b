//! What an operation is, apart from any service.
//!
//! There are two kinds. Those of the token path are written by hand: a struct that *is* the request, with an
//! [`Operation`]. All operations of all services are rows of tables: an [`Entry`] builds its request from arguments by
//! name and reads its answer, by one encoder and one decoder.

mod arguments;
mod content;
mod date;
mod decode;
mod encode;
mod endpoint;
mod entry;
mod exchange;
mod metadata_service;
mod nearest;
mod paginate;
mod parameter;
mod service;

pub use arguments::Target;
pub use content::Content;
pub(crate) use content::{NOT_TEXT, Raw};
pub use date::ApiDate;
pub(crate) use decode::{failure, json_body, success, web_page};
pub(crate) use encode::RequestParts;
pub use entry::{Answer, Body, Entry, Format};
pub use exchange::{Exchange, ExchangeId, Network};
pub use metadata_service::MetadataService;
pub(crate) use nearest::nearest;
pub use paginate::{Next, Pages, Paging};
pub use parameter::{Kind, Parameter, Place};
pub use service::Service;

use crate::error::Error;
use crate::wire::BaseUrl;
use http::{HeaderMap, HeaderName, Method};
use std::fmt;

/// An operation of one of the services: a struct that *is* the request, with its facts in
/// [`Operation::SPEC`]. Building and parsing are pure.
pub trait Operation {
    /// What a success carries.
    type Output;

    /// The operation's fixed facts.
    const SPEC: OperationSpec;

    /// The request against `base`. It holds no bearer token: whoever calls the service adds it.
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that cannot be sent.
    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<http::Request<Vec<u8>>, Error>;

    /// The answer: any 2xx is a success, all else the service's error.
    ///
    /// # Errors
    /// The service's refusal, or `MalformedResponse` for a success without the promised content.
    fn parse(response: http::Response<Vec<u8>>) -> Result<Reply<Self::Output>, Error>;
}

/// A parsed answer. Headers are kept, since `ETag` and trace ids live there.
#[derive(Clone)]
pub struct Reply<T> {
    /// The HTTP status, always 2xx.
    pub status: u16,
    /// The response headers.
    pub headers: HeaderMap,
    /// The parsed body.
    pub value: T,
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    /// Headers show their names alone: a cookie is as good as a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        f.debug_struct("Reply").field("status", &self.status).field("headers", &names).field("value", &self.value).finish()
    }
}

/// The fixed facts of an operation.
#[derive(Clone, Debug)]
pub struct OperationSpec {
    /// `service.operation`, as in the API documents.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The paths by version date, newest first.
    pub paths: &'static [PathSince],
    /// What the service wants to see.
    pub auth: Auth,
    /// Whether repeating the request does no harm.
    pub idempotent: bool,
}

/// A path and the first version date it holds for.
#[derive(Clone, Copy, Debug)]
pub struct PathSince {
    /// The first version date, [`ApiDate::MIN`] for "always".
    pub since: ApiDate,
    /// The path, starting with a slash.
    pub path: &'static str,
}

/// The credential an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// None.
    None,
    /// An identity token of the instance, as bearer.
    IdentityToken,
    /// An IAM access token, as bearer.
    IamToken,
    /// The grant in the body, and possibly a registered client by Basic.
    Grant,
}

impl OperationSpec {
    /// The path for `version` (R13): the newest entry that is not after it.
    #[must_use]
    pub fn path(&self, version: ApiDate) -> &'static str {
        let newest = self.paths.iter().find(|entry| entry.since <= version);
        newest.or(self.paths.last()).map_or("/", |entry| entry.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_shows_no_cookie() {
        static SERVICE: Service = Service {
            name: "s",
            title: "S",
            server: "https://a.example",
            auth: Auth::IamToken,
            version: None,
            generation: None,
            sends_request_id: false,
            secrets: &[],
            rows: "read GET /a <json",
        };
        let response = http::Response::builder().header("set-cookie", "sid=hunter2").header("etag", "t").body(b"{}".to_vec()).unwrap();
        let reply = SERVICE.entry("read").unwrap().parse(response).unwrap();
        assert_eq!(format!("{reply:?}"), r#"Reply { status: 200, headers: ["set-cookie", "etag"], value: Json(Json(object, 0 members)) }"#);
        let shown = format!("{:?}", reply.headers);
        assert!(!shown.contains("hunter2") && shown.contains(r#""etag": "t""#), "{shown}");
        assert_eq!(reply.headers.get("set-cookie").unwrap(), "sid=hunter2");
    }

    #[test]
    fn the_version_date_chooses_the_path() {
        const PATHS: &[PathSince] =
            &[PathSince { since: ApiDate::new(2025, 8, 26), path: "/new" }, PathSince { since: ApiDate::MIN, path: "/old" }];
        let spec = OperationSpec { id: "a.b", method: Method::GET, paths: PATHS, auth: Auth::None, idempotent: true };
        assert_eq!(spec.path(ApiDate::new(2025, 8, 26)), "/new");
        assert_eq!(spec.path(ApiDate::new(2030, 1, 1)), "/new");
        assert_eq!(spec.path(ApiDate::new(2025, 8, 25)), "/old");
    }
}
