//! How an operation is paged.

use super::openapi;

/// The paging of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The property of a page that holds its items.
    pub items: String,
    /// The query parameter that takes the cursor.
    pub cursor: String,
    /// The query parameter that takes the size of a page.
    pub limit: String,
    /// Where the next cursor is.
    pub next: Next,
}

/// Where the next cursor is: the five kinds that the services have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// `next.href` is an address; the cursor is its query parameter `start`.
    HrefStart,
    /// `next.start` is the cursor.
    Start,
    /// `next` is an address; the cursor is its query parameter `pagetoken`.
    Pagetoken,
    /// `next.href` is an address; the cursor is its query parameter `offset`, a whole number.
    HrefOffset,
    /// There is no link: the next offset is offset + limit, while that is below `total_count`.
    OffsetTotal,
}

impl Paging {
    pub(super) fn read(raw: &openapi::Pagination) -> Result<Self, String> {
        let next = match (raw.style.as_str(), raw.next.as_deref(), raw.token_param.as_str(), raw.total.as_deref()) {
            ("token", Some("next.href?start"), "start", None) => Next::HrefStart,
            ("token", Some("next.start"), "start", None) => Next::Start,
            ("token", Some("next?pagetoken"), "pagetoken", None) => Next::Pagetoken,
            ("offset", Some("next.href?offset"), "offset", None) => Next::HrefOffset,
            ("offset-total", None, "offset", Some("total_count")) => Next::OffsetTotal,
            other => return Err(format!("paging {other:?} is not known")),
        };
        Ok(Self { items: raw.items.clone(), cursor: raw.token_param.clone(), limit: raw.limit_param.clone(), next })
    }
}
