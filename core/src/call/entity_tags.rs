//! What was last known of resources, so that a change is only made to what was read.

use super::Call;
use crate::operation::{Content, Reply};
use http::header::ETAG;
use http::{HeaderValue, Method, Request};

/// The entity tags last seen, by the address of their resource. A client keeps one for as long as it lives; two of them
/// know nothing of each other. What a list or a page says of its items is not among them.
#[derive(Clone, Debug, Default)]
pub struct EntityTags {
    /// The oldest first.
    known: Vec<(String, HeaderValue)>,
}

/// As many as are kept: a program that walks through a large account forgets the first ones.
const KEPT: usize = 1000;

impl EntityTags {
    /// The tag last seen of the resource that `request` is for.
    #[must_use]
    pub fn of(&self, request: &Request<Vec<u8>>) -> Option<&HeaderValue> {
        let address = address(request);
        // What commits a resource is a POST below it, and its tag is that of the resource.
        let address = if request.method() == Method::POST { address.strip_suffix("/commit").unwrap_or(&address) } else { &address };
        self.known.iter().find(|(known, _)| known == address).map(|(_, tag)| tag)
    }

    /// Takes over what `call` has learned.
    pub fn learn_from(&mut self, call: &Call) {
        if let Some(learned) = &call.learned {
            self.learn(learned);
        }
    }

    fn learn(&mut self, learned: &Learned) {
        self.known.retain(|(known, _)| *known != learned.address);
        if let Some(tag) = &learned.tag {
            if self.known.len() >= KEPT {
                self.known.remove(0);
            }
            self.known.push((learned.address.clone(), tag.clone()));
        }
    }
}

/// What an answer says about a resource.
pub(super) struct Learned {
    address: String,
    tag: Option<HeaderValue>,
}

impl Learned {
    /// The header `ETag`, or the property `entity_tag` of IAM identity. After a deletion there is nothing left to know, and
    /// what a POST makes has another address.
    pub(super) fn read(request: &Request<Vec<u8>>, reply: &Reply<Content>) -> Option<Self> {
        let in_body = || reply.value.outline()?.text("entity_tag").and_then(|tag| HeaderValue::from_bytes(tag.as_bytes()).ok());
        let tag = match *request.method() {
            Method::POST => return None,
            Method::DELETE => None,
            _ => reply.headers.get(ETAG).cloned().or_else(in_body),
        };
        Some(Self { address: address(request), tag })
    }
}

/// The address without its query.
fn address(request: &Request<Vec<u8>>) -> String {
    let uri = request.uri();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    [authority, uri.path()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Json;
    use http::HeaderMap;

    fn request(method: &str, address: &str) -> Request<Vec<u8>> {
        Request::builder().method(method).uri(address).body(Vec::new()).unwrap()
    }

    fn reply(tag: Option<&str>, body: &str) -> Reply<Content> {
        let mut headers = HeaderMap::new();
        if let Some(tag) = tag {
            headers.insert(ETAG, tag.parse().unwrap());
        }
        Reply { status: 200, headers, value: Json::parse(body.as_bytes()).map_or(Content::Nothing, Content::Json) }
    }

    fn learn(tags: &mut EntityTags, request: &Request<Vec<u8>>, reply: &Reply<Content>) {
        Learned::read(request, reply).iter().for_each(|learned| tags.learn(learned));
    }

    #[test]
    fn the_last_tag_counts_and_queries_do_not() {
        let mut tags = EntityTags::default();
        let resource = |method| request(method, "https://a.example/v1/p/1?x=1");
        learn(&mut tags, &resource("GET"), &reply(Some("\"1\""), ""));
        assert_eq!(tags.of(&request("PUT", "https://a.example/v1/p/1")).unwrap(), "\"1\"");
        learn(&mut tags, &resource("PUT"), &reply(None, r#"{"entity_tag":"2-a"}"#));
        assert_eq!(tags.of(&resource("PUT")).unwrap(), "2-a");
        assert!(tags.of(&request("PUT", "https://b.example/v1/p/1")).is_none());
        learn(&mut tags, &resource("POST"), &reply(Some("3"), ""));
        assert_eq!(tags.of(&resource("PUT")).unwrap(), "2-a");
        learn(&mut tags, &resource("DELETE"), &reply(Some("4"), ""));
        assert!(tags.of(&resource("PUT")).is_none());
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut tags = EntityTags::default();
        for number in 0..=KEPT {
            learn(&mut tags, &request("GET", &format!("https://a.example/{number}")), &reply(Some("t"), ""));
        }
        assert_eq!(tags.known.len(), KEPT);
        assert!(tags.of(&request("GET", "https://a.example/0")).is_none() && tags.of(&request("GET", "https://a.example/1")).is_some());
    }
}
