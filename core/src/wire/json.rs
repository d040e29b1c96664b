//! The one JSON value that the public interface shows.

use super::mistake::describe;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use std::fmt::Write as _;
use zeroize::{Zeroize as _, Zeroizing};

/// A JSON value as the service sent it, unknown properties included.
///
/// Every text and every name is kept as it came; of two members with one name the last. Whole numbers from -2^63 to 2^64 - 1
/// are exact. All others are the nearest `f64`, or one next to it: beyond 15 digits a number may change, and one that no
/// `f64` can hold is not JSON here.
///
/// `Debug` shows its shape only, since an answer may hold user data, passwords or licence keys; for the same reason its
/// texts are overwritten when it is dropped.
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

    /// Gives the value away; nobody overwrites it then.
    #[must_use]
    pub fn into_value(mut self) -> Value {
        std::mem::take(&mut self.0)
    }
}

impl Json {
    /// The items of the list `name` of an object, taken out of it; none when there is no such list.
    #[must_use]
    pub fn take_items(mut self, name: &str) -> Vec<Self> {
        match self.0.get_mut(name) {
            Some(Value::Array(items)) => items.drain(..).map(Self).collect(),
            _ => Vec::new(),
        }
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites every text in `value`, since it may be a secret.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
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

/// `value` as serde_json writes it, without the many kinds of writers that it can write to. In one allocation: no half-grown
/// copy of a secret stays behind.
#[must_use]
pub fn to_text(value: &Value) -> String {
    let mut out = String::with_capacity(most(value));
    write(&mut out, value);
    out
}

/// The same as bytes.
pub(crate) fn to_bytes(value: &Value) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(to_text(value).into_bytes())
}

/// The most bytes that a value takes as text.
fn most(value: &Value) -> usize {
    // Numbers take 25 at most.
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 25,
        Value::String(text) => most_of(text),
        Value::Array(items) => items.iter().map(|item| most(item).saturating_add(1)).sum::<usize>().saturating_add(2),
        Value::Object(members) => {
            let pairs = members.iter().map(|(name, member)| most_of(name).saturating_add(most(member)).saturating_add(2));
            pairs.sum::<usize>().saturating_add(2)
        }
    }
}

/// A letter in six, as in `\u001f`, and two quotes.
fn most_of(text: &str) -> usize {
    text.bytes().map(|byte| if byte < b' ' { 6 } else { 2 }).sum::<usize>().saturating_add(2)
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

/// A text in its quotes.
pub(super) fn write_text(out: &mut String, text: &str) {
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
            assert_eq!(to_bytes(&value).as_slice(), value.to_string().as_bytes());
            assert!(value.to_string().len() <= most(&value));
        }
    }

    #[test]
    fn numbers_are_kept_as_far_as_is_said() {
        let after = |text: &str| Json::parse(text.as_bytes()).map(|json| to_text(json.as_value()));
        for exact in ["18446744073709551615", "-9223372036854775808", "0", "-0.0", "0.1", "123456789012.345", "1.5e+300", "-2.5e-8"] {
            assert_eq!(after(exact).as_deref(), Ok(exact));
        }
        assert_eq!(after("18446744073709551616").as_deref(), Ok("1.8446744073709552e+19"));
        assert_eq!(after("-9223372036854775809").as_deref(), Ok("-9.223372036854776e+18"));
        assert_eq!(after("0.12345678901234567890").as_deref(), Ok("0.12345678901234568"));
        assert_eq!(after("1.50").as_deref(), Ok("1.5"));
        assert_eq!(after(r#"{"a":1,"a":2}"#).as_deref(), Ok(r#"{"a":2}"#));
        assert!(after("1e400").is_err());
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
