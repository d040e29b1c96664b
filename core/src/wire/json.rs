//! The one JSON value that the public interface shows.

use super::mistake::describe;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A JSON value as the service sent it, unknown properties included.
///
/// `Debug` shows its shape only, since an answer may hold user data, passwords or licence keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(Value);

impl Json {
    /// Reads JSON text.
    ///
    /// # Errors
    /// A description of the first mistake and its place; never the text itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map(Self).map_err(|e| describe(&e))
    }

    /// The member `name` of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of member `name` of an object.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The value itself.
    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }

    /// Gives the value away.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Object(members) => write!(f, "Json(object, {} members)", members.len()),
            Value::Array(items) => write!(f, "Json(array, {} items)", items.len()),
            Value::String(_) => f.write_str("Json(string)"),
            Value::Number(_) => f.write_str("Json(number)"),
            Value::Bool(_) => f.write_str("Json(boolean)"),
            Value::Null => f.write_str("Json(null)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_and_errors_do_not_quote_the_text() {
        let json = Json::parse(br#"{"password":"hunter2"}"#).unwrap();
        assert_eq!(format!("{json:?}"), "Json(object, 1 members)");
        assert_eq!(json.text("password"), Some("hunter2"));
        assert_eq!(Json::parse(b"hunter2"), Err("not JSON, line 1 column 1".into()));
        assert_eq!(Json::parse(b"{").unwrap_err(), "JSON that ends too early, line 1 column 1");
    }
}
