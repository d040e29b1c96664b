//! JSON that somebody else will read: it is checked, and kept as far as the walk through pages needs it.

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The value of a JSON text with nothing in its lists but `null`, as many as there are items.
pub(crate) fn outline(text: &str) -> Result<Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Outline.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

struct Outline;

impl<'de> DeserializeSeed<'de> for Outline {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outline {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(yes.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while items.next_element::<IgnoredAny>()?.is_some() {
            list.push(Value::Null);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            object.insert(name, members.next_value_seed(Self)?);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_keep_their_length_alone() {
        let text = r#"{"a":[1,{"deep":[2]},"x"],"next":{"href":"u?start=2","n":[[]]},"total":-3,"f":0.5,"t":"\u00fc","y":true,"z":null,"a2":18446744073709551615}"#;
        let expected = json!({"a": [null, null, null], "next": {"href": "u?start=2", "n": [null]}, "total": -3, "f": 0.5, "t": "\u{fc}", "y": true, "z": null, "a2": u64::MAX});
        assert_eq!(outline(text).unwrap(), expected);
        assert_eq!(outline("[1,2]").unwrap(), json!([null, null]));
        assert_eq!(outline("7").unwrap(), json!(7));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,]", "{\"a\":[1}", "{} {}", "nul", "[\"\u{1}\"]", "{\"a\" 1}"] {
            assert!(outline(text).is_err(), "{text}");
        }
        assert!(outline(&"{\"a\":".repeat(500)).is_err());
        assert!(outline(&["[", &"[".repeat(100_000), &"]".repeat(100_000), "]"].concat()).is_ok(), "lists are not gone into");
    }
}
