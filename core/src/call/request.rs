//! What of a call stays the same however often it is tried: its request without credentials.

use super::Options;
use super::entity_tags::EntityTags;
use crate::error::{Error, ErrorCode};
use crate::operation::{Auth, Entry, Target};
use crate::random::Random;
use crate::secret::Secret;
use crate::wire::{BaseUrl, Json};
use http::header::{AUTHORIZATION, IF_MATCH};
use http::uri::{Authority, Scheme};
use http::{HeaderName, HeaderValue, Request, Uri};
use serde_json::Value;
use zeroize::Zeroize as _;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRANSACTION_ID: HeaderName = HeaderName::from_static("transaction-id");

/// The token that a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An identity token of the instance.
    Identity,
    /// An IAM access token.
    Iam,
}

impl TokenKind {
    /// The name used in vectors and across languages: `identity` or `iam`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Iam => "iam",
        }
    }

    pub(super) fn of(entry: Entry) -> Option<Self> {
        match entry.auth() {
            Auth::IdentityToken => Some(Self::Identity),
            Auth::IamToken => Some(Self::Iam),
            Auth::Grant | Auth::None => None,
        }
    }
}

/// A request and what in it is secret. Its body may hold secrets, and is overwritten when it is dropped.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) request: Request<Vec<u8>>,
    pub(super) secrets: Vec<Secret>,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        self.request.body_mut().zeroize();
    }
}

impl Prepared {
    pub(super) fn new(entry: Entry, arguments: &Json, target: &Target, options: &Options<'_>) -> Result<Self, Error> {
        match options.entity_tags {
            Some(tags) if takes_if_match(entry, arguments) => Self::with_entity_tag(entry, arguments, target, options, tags),
            _ => Self::plain(entry, arguments, target),
        }
    }

    fn plain(entry: Entry, arguments: &Json, target: &Target) -> Result<Self, Error> {
        Ok(Self { request: entry.request(arguments, target)?, secrets: entry.secrets(arguments) })
    }

    /// With what was last known of its resource, as far as that is wanted.
    fn with_entity_tag(entry: Entry, arguments: &Json, target: &Target, options: &Options<'_>, tags: &EntityTags) -> Result<Self, Error> {
        let mut all = arguments.as_value().clone();
        if let Value::Object(members) = &mut all {
            members.insert("if_match".to_owned(), "*".into());
        }
        let mut this = Self::plain(entry, &all.into(), target)?;
        let is_required = entry.header(IF_MATCH.as_str()).is_some_and(|header| header.is_required);
        match tags.of(&this.request).filter(|_| is_required || options.always_if_match) {
            Some(tag) => {
                // As it came: it is the service's, whatever stands in it.
                this.request.headers_mut().insert(IF_MATCH, tag.clone());
            }
            None if is_required => {
                let why = "the argument if_match is missing, and the resource was not read before; read it first, or give its entity_tag";
                return Err(Error::new(ErrorCode::InvalidArgument, format!("{}: {why}", entry.id())));
            }
            None => {
                this.request.headers_mut().remove(IF_MATCH);
            }
        }
        Ok(this)
    }

    /// To the same path at `base`, which serves what the address before it would have.
    pub(super) fn move_to(&mut self, base: &BaseUrl) {
        let mut parts = self.request.uri().clone().into_parts();
        parts.scheme = Scheme::try_from(base.scheme().as_str()).ok();
        parts.authority = Authority::try_from(base.authority()).ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *self.request.uri_mut() = uri;
        }
    }

    /// The same with an id of its own, to find this call by.
    pub(super) fn identified(&self, entry: Entry, random: &mut Random) -> Self {
        let mut this = self.clone();
        let id = request_id(random);
        let headers = this.request.headers_mut();
        if entry.service().sends_request_id {
            headers.append(X_REQUEST_ID, id.clone());
        }
        if entry.header(TRANSACTION_ID.as_str()).is_some() && !headers.contains_key(TRANSACTION_ID) {
            headers.append(TRANSACTION_ID, id);
        }
        this
    }

    /// The request with a token, which is redacted from then on.
    pub(super) fn with_token(&self, token: Option<&Secret>) -> Result<Request<Vec<u8>>, Error> {
        let mut request = self.request.clone();
        if let Some(token) = token {
            let text = ["Bearer ", token.expose()].concat();
            let mut value = HeaderValue::try_from(text)
                .map_err(|_| Error::new(ErrorCode::InvalidArgument, "token: expected text that can stand in a header"))?;
            value.set_sensitive(true);
            request.headers_mut().append(AUTHORIZATION, value);
        }
        Ok(request)
    }
}

fn takes_if_match(entry: Entry, arguments: &Json) -> bool {
    arguments.get("if_match").is_none_or(Value::is_null) && entry.header(IF_MATCH.as_str()).is_some()
}

/// A random UUID (RFC 9562, version 4) to find a call by.
fn request_id(random: &mut Random) -> HeaderValue {
    let high = (random.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000;
    let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
    let text =
        format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48, low & 0xFFFF_FFFF_FFFF);
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_random_uuid() {
        let mut random = Random::new(1);
        let ids: Vec<String> = (0..100).map(|_| request_id(&mut random).to_str().unwrap().to_owned()).collect();
        for id in &ids {
            let parts: Vec<&str> = id.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
