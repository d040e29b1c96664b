//! Answers that have a status for each item.

use crate::operation::{Content, Reply};
use serde_json::Value;

/// What became of one item of a call that was answered with 207.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemStatus {
    /// The property of the answer that lists it, such as `members`.
    pub list: String,
    /// Its place in that list.
    pub index: usize,
    /// Its own HTTP status; zero when the service said none.
    pub status: u16,
    /// The service's code for what went wrong.
    pub code: Option<String>,
    /// The service's words for what went wrong.
    pub message: Option<String>,
}

impl ItemStatus {
    /// Whether it was done.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The items of an answer, in order; none when the answer is not one of that kind. A 207 is a success even when every
    /// item failed, so look here.
    #[must_use]
    pub fn all(reply: &Reply<Content>) -> Vec<Self> {
        let members = match reply.value.json().map(|json| json.as_value()) {
            Some(Value::Object(members)) if reply.status == 207 => members,
            _ => return Vec::new(),
        };
        let lists = members.iter().filter_map(|(name, value)| Some((name, value.as_array()?)));
        lists.flat_map(|(name, items)| items.iter().enumerate().map(move |(index, item)| Self::read(name, index, item))).collect()
    }

    fn read(list: &str, index: usize, item: &Value) -> Self {
        let error = item.get("errors").and_then(|errors| errors.get(0));
        let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str).map(str::to_owned);
        let status = item.get("status_code").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        Self { list: list.to_owned(), index, status: status.unwrap_or(0), code: text("code"), message: text("message") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Json;
    use http::HeaderMap;

    #[test]
    fn each_item_has_a_status() {
        let body =
            br#"{"members":[{"iam_id":"a","status_code":200},{"iam_id":"b","status_code":409,"errors":[{"code":"c","message":"m"}]},7]}"#;
        let reply = |status| Reply { status, headers: HeaderMap::new(), value: Content::Json(Json::parse(body).unwrap()) };
        let items = ItemStatus::all(&reply(207));
        assert_eq!(items.iter().map(|item| (item.status, item.is_success())).collect::<Vec<_>>(), [(200, true), (409, false), (0, false)]);
        assert_eq!(
            (items[1].code.as_deref(), items[1].message.as_deref(), items[1].list.as_str(), items[1].index),
            (Some("c"), Some("m"), "members", 1)
        );
        assert!(ItemStatus::all(&reply(200)).is_empty());
    }
}
