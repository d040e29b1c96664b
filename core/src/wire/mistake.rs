//! What is wrong with a JSON text, in words that hold nothing of it.

use super::json::{object, to_text, wipe};
use super::members::{Member, Members};
use serde::de::DeserializeSeed as _;
use serde_json::Value;
use zeroize::Zeroizing;

/// Reads an object of options; the description of a mistake begins with the name of the option that is to blame for it.
pub(crate) fn read_options<T: Members + Default>(text: &str) -> Result<T, String> {
    let mut options = T::default();
    match read(text, &mut options) {
        Ok(()) => Ok(options),
        Err(error) => Err(mistake(text, &error, &|alone| read(alone, &mut T::default()).err())),
    }
}

fn read(text: &str, options: &mut dyn Members) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(text.as_bytes());
    Member::Object(options).deserialize(&mut json)?;
    json.end()
}

fn mistake(text: &str, error: &serde_json::Error, read: &dyn Fn(&str) -> Option<serde_json::Error>) -> String {
    let mut described = describe(error);
    if let Some(name) = to_blame(text, error, read) {
        described.insert_str(0, ": ");
        described.insert_str(0, &name);
    }
    described
}

/// The member that cannot be read by itself either. serde_json says only where in the text it is.
fn to_blame(text: &str, error: &serde_json::Error, read: &dyn Fn(&str) -> Option<serde_json::Error>) -> Option<String> {
    let members = match error.is_data().then(|| serde_json::from_slice(text.as_bytes()).ok()).flatten()? {
        Value::Object(members) => members,
        mut other => {
            wipe(&mut other);
            return None;
        }
    };
    let mut blamed = None;
    for (name, value) in members {
        let mut alone = object([(&name, value)]);
        let is_misread = read(&Zeroizing::new(to_text(&alone))).is_some_and(|e| !e.to_string().starts_with("unknown field "));
        if is_misread && is_plain(&name) {
            blamed.get_or_insert(name);
        }
        wipe(&mut alone);
    }
    blamed
}

/// Whether it looks like a name and not like a secret that came to stand in its place.
pub(crate) fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// serde_json's own messages can quote the text, so only kind and place are kept, what was expected instead, and
/// the name of a member that nobody knows, if it looks like one.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!("line {} column {}", error.line(), error.column());
    // Searching backwards would take half a kilobyte of WebAssembly.
    let message = message.strip_suffix(&place).and_then(|message| message.strip_suffix(" at ")).unwrap_or(&message);
    if let Some((name, known)) = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'))
        && is_plain(name)
    {
        return format!("unknown field {name}{}", known.replace('`', ""));
    }
    let kind = match error.classify() {
        serde_json::error::Category::Eof => "JSON that ends too early",
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Data => match message.split(", expected ").skip(1).last() {
            // What is expected are words of our own.
            Some(expected) if message.starts_with("invalid ") && !expected.starts_with("struct ") => {
                return format!("another kind of value, expected {expected}");
            }
            _ if message.starts_with("missing field ") => return message.replace('`', ""),
            _ => "JSON of another shape",
        },
        serde_json::error::Category::Io => "unreadable",
    };
    [kind, ", ", &place].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn the_member_that_is_to_blame_is_named() {
        #[derive(Debug, Default)]
        struct Options {
            name: String,
            life: u32,
            part: f64,
        }
        impl Members for Options {
            fn title(&self) -> &'static str {
                "struct Options"
            }
            fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
                vec![
                    ("name", Member::Text(&mut self.name)),
                    ("life", Member::Count(&mut self.life)),
                    ("part", Member::Part(&mut self.part)),
                ]
            }
        }
        let mistake = |text: &str| read_options::<Options>(text).unwrap_err();
        assert_eq!(mistake(r#"{"name":"hunter2","life":1.5}"#), "life: another kind of value, expected u32");
        assert_eq!(mistake(r#"{"name":["hunter2"]}"#), "name: another kind of value, expected a string");
        assert_eq!(mistake(r#"{"nam":1}"#), "unknown field nam, expected one of name, life, part");
        assert_eq!(mistake(r#"{"hunter2":1,"name":2}"#), "name: JSON of another shape, line 1 column 10");
        assert_eq!(mistake("5"), "JSON of another shape, line 1 column 1");
        assert_eq!(mistake("{"), "JSON that ends too early, line 1 column 1");
    }

    #[test]
    fn a_member_that_nobody_knows_is_named() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Known {
            #[expect(dead_code, reason = "it is only there to be known")]
            name: String,
        }
        let described = |text: &str| describe(&serde_json::from_str::<Known>(text).unwrap_err());
        assert_eq!(described(r#"{"nam":"hunter2"}"#), "unknown field nam, expected name");
        assert_eq!(described(r#"{"hunter2":"x"}"#), "JSON of another shape, line 1 column 10");
        assert_eq!(described(r#"{"name":17}"#), "another kind of value, expected a string");
        assert_eq!(described("{}"), "missing field name");
        assert_eq!(described(r#""hunter2, expected 3 at line 4""#), "JSON of another shape, line 1 column 31");
        assert_eq!(described(r#"{"name":["hunter2, expected 3 at line 4"]}"#), "another kind of value, expected a string");
    }
}
