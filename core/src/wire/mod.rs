//! Bytes and text on the wire: addresses, encodings, and what may be shown of a body.

mod base64;
mod base_url;
mod encoding;
mod headers;
mod invalid;
mod json;
mod members;
mod mistake;
mod named_secret;
mod origins;
mod outline;
mod redact;

pub use base_url::{BaseUrl, Scheme};
pub(crate) use base64::{decode_url_safe, encode as encode_base64};
pub use encoding::{form, path_segment, query};
pub use headers::read_header;
pub(crate) use headers::{TRACE_HEADERS, parameter_header};
pub use invalid::Invalid;
pub use json::{Json, to_text};
pub(crate) use json::{object, to_bytes, wipe};
pub(crate) use members::{Member, Members};
pub(crate) use mistake::{describe, is_plain, read_options};
pub use origins::AllowedOrigins;
pub(crate) use outline::outline;
pub use redact::{EXCERPT_LIMIT, Redactor};
