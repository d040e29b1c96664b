//! The one JSON value that the public interface shows.

use super::mistake::describe;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use std::fmt::Write as _;

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

/// An object of a few members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// `value` as serde_json writes it, without the many kinds of writers that it can write to.
#[must_use]
pub fn to_text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                write_text(out, name);
                out.push(':');
                write(out, member);
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            // A String takes whatever is written to it.
            '\0'..' ' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_serde_json_writes() {
        let texts = [
            r#"{"a":[1,-2,0,18446744073709551615,-9223372036854775808,true,false,null],"b":{},"c":[],"d":{"e":"f","g":[[]]}}"#,
            r#"["\u0000\u0001\u0008\u0009\u000a\u000c\u000d\u001f\u007f \\\"/ü\u2028😀"]"#,
            "[0.0,-0.0,0.1,1.5,1e15,1e16,-1.5e16,1e21,1.2345678901234568e17,0.001,1.5e-4,1e-4,9.9e-5,-1e-5,1.2e-6,5e-324,1.7976931348623157e308]",
        ];
        for text in texts {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(to_text(&value), value.to_string());
        }
    }

    #[test]
    fn debug_and_errors_do_not_quote_the_text() {
        let json = Json::parse(br#"{"password":"hunter2"}"#).unwrap();
        assert_eq!(format!("{json:?}"), "Json(object, 1 members)");
        assert_eq!(json.text("password"), Some("hunter2"));
        assert_eq!(Json::parse(b"hunter2"), Err("not JSON, line 1 column 1".into()));
        assert_eq!(Json::parse(b"{").unwrap_err(), "JSON that ends too early, line 1 column 1");
    }
}
