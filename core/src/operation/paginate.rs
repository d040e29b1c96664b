//! Pages: where the next cursor is, and when to stop. Links are never followed, only their cursor is taken (R17).

use super::Entry;
use crate::error::{Error, ErrorCode};
use crate::wire::{Json, Redactor};
use serde_json::{Map, Value};

/// How an operation is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The property of a page that holds its items.
    pub items: &'static str,
    /// The argument that takes the size of a page.
    pub limit: &'static str,
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
    /// There is no link: the next offset is offset + limit, while that is below `total_count`. Where a page has none of those,
    /// the walk ends with a page that is not full, or is empty if pages do not say how much would be full.
    OffsetTotal,
}

impl Paging {
    /// Reads `kind:items` or `kind:items:limit`.
    pub(super) fn read(field: &'static str) -> Option<Self> {
        let mut parts = field.split(':');
        let next = match parts.next()? {
            "href_start" => Next::HrefStart,
            "start" => Next::Start,
            "pagetoken" => Next::Pagetoken,
            "href_offset" => Next::HrefOffset,
            "offset_total" => Next::OffsetTotal,
            _ => return None,
        };
        Some(Self { items: parts.next()?, limit: parts.next().unwrap_or("limit"), next })
    }

    /// The argument that takes the cursor.
    #[must_use]
    pub const fn cursor(&self) -> &'static str {
        match self.next {
            Next::HrefStart | Next::Start => "start",
            Next::Pagetoken => "pagetoken",
            Next::HrefOffset | Next::OffsetTotal => "offset",
        }
    }

    /// The cursor of the page after `page`, which `arguments` asked for. None: it was the last one.
    fn next(&self, page: &Json, arguments: &Map<String, Value>) -> Result<Option<Value>, &'static str> {
        let cursor = match self.next {
            Next::HrefStart => from_address(member(page.get("next"), "href")?, "start")?,
            Next::Pagetoken => from_address(page.get("next"), "pagetoken")?,
            Next::HrefOffset => from_address(member(page.get("next"), "href")?, "offset")?,
            Next::Start => match present(member(page.get("next"), "start")?) {
                None => None,
                Some(Value::String(text)) => Some(text.clone()),
                Some(_) => return Err("a cursor that is not text"),
            },
            Next::OffsetTotal => return self.next_offset(page, arguments),
        };
        match cursor {
            Some(text) if self.next == Next::HrefOffset => {
                text.parse::<u64>().map(|offset| Some(offset.into())).map_err(|_| "an offset that is not a whole number")
            }
            Some(text) if !text.is_empty() => Ok(Some(text.into())),
            _ => Ok(None),
        }
    }

    fn next_offset(&self, page: &Json, arguments: &Map<String, Value>) -> Result<Option<Value>, &'static str> {
        let number = |name: &str| match present(page.get(name)).or_else(|| present(arguments.get(name))) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or("a count that is not a whole number"),
        };
        let count = page.get(self.items).and_then(Value::as_array).map_or(0, Vec::len) as u64;
        let limit = number(self.limit)?.filter(|limit| *limit > 0);
        let (total, offset) = (number("total_count")?, number("offset")?.unwrap_or(0));
        // What was asked for is not always what a page holds at most; what it holds is.
        let step = total.and(limit).unwrap_or(count);
        let next = offset.saturating_add(step);
        let is_full = || present(page.get(self.limit)).is_none() || limit.is_none_or(|limit| count >= limit);
        let is_more = step > 0 && total.map_or_else(is_full, |total| next < total);
        Ok(is_more.then(|| next.into()))
    }
}

/// A walk through the pages of an operation. It says what to ask for and reads what comes; it sends nothing.
#[derive(Clone, Debug)]
pub struct Pages {
    entry: Entry,
    paging: Paging,
    arguments: Json,
    seen: Vec<Value>,
    is_done: bool,
}

impl Pages {
    /// Starts at the page that `arguments` ask for.
    ///
    /// # Errors
    /// `InvalidArgument` when the operation is not paged or `arguments` is not an object.
    pub fn new(entry: Entry, arguments: Json) -> Result<Self, Error> {
        let refuse = |why: &str| Error::new(ErrorCode::InvalidArgument, format!("{}: {why}", entry.id()));
        let paging = entry.paging().ok_or_else(|| refuse("it answers with everything at once and has no pages"))?;
        let given = arguments.as_value().as_object().ok_or_else(|| refuse("the arguments have to be an object"))?;
        let seen = present(given.get(paging.cursor())).cloned().into_iter().collect();
        Ok(Self { entry, paging, arguments, seen, is_done: false })
    }

    /// The arguments of the next page. None: there is none.
    #[must_use]
    pub fn arguments(&self) -> Option<&Json> {
        (!self.is_done).then_some(&self.arguments)
    }

    /// Reads a page, and gives its items.
    ///
    /// # Errors
    /// `MalformedResponse` when it cannot be told which page comes next, or that page has been seen before: somebody who
    /// went on would lose items, or never end. The walk is over then.
    pub fn turn<'a>(&mut self, page: &'a Json) -> Result<&'a [Value], Error> {
        let next = self.next(page);
        self.is_done = !matches!(next, Ok(Some(_)));
        if let Some(cursor) = next? {
            self.seen.push(cursor.clone());
            let mut arguments = self.arguments.as_value().clone();
            if let Value::Object(members) = &mut arguments {
                members.insert(self.paging.cursor().to_owned(), cursor);
            }
            self.arguments = arguments.into();
        }
        match present(page.get(self.paging.items)) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => {
                self.is_done = true;
                Err(self.malformed(&format!("{} that is not a list", self.paging.items)))
            }
        }
    }

    fn next(&self, page: &Json) -> Result<Option<Value>, Error> {
        let empty = Map::new();
        let given = self.arguments.as_value().as_object().unwrap_or(&empty);
        let cursor = self.paging.next(page, given).map_err(|what| self.malformed(what))?;
        match cursor {
            Some(cursor) if self.seen.contains(&cursor) => {
                let shown = Redactor::default().excerpt(&crate::wire::to_text(&cursor));
                Err(self.malformed(&format!("a next page that was there before: {} {shown}", self.paging.cursor())))
            }
            other => Ok(other),
        }
    }

    fn malformed(&self, what: &str) -> Error {
        Error::new(ErrorCode::MalformedResponse, format!("{} was answered with a page with {what}", self.entry.id()))
    }
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// A member of what has to be an object, if it is there.
fn member<'a>(value: Option<&'a Value>, name: &str) -> Result<Option<&'a Value>, &'static str> {
    match present(value) {
        None => Ok(None),
        Some(Value::Object(members)) => Ok(members.get(name)),
        Some(_) => Err("a next that is not an object"),
    }
}

/// The query parameter `name` of an address, whatever the rest of the address is.
fn from_address(value: Option<&Value>, name: &str) -> Result<Option<String>, &'static str> {
    let address = match present(value) {
        None => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => return Err("an address that is not text"),
    };
    let query = address.split('#').next().and_then(|rest| rest.split_once('?')).map_or("", |(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    Ok(pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}
