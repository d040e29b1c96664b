//! Operations on the command line: their arguments, and their answers.

use crate::exit::{Exit, Failure};
use crate::input;
use crate::print;
use serde_json::{Map, Value};
use std::io::{self, IsTerminal as _};
use std::path::Path;
use trusted_profile::{Content, Entry, Json, Secret};
use trusted_profile_core::operation::{Format, Kind};
use trusted_profile_core::wire::to_text;

/// Reads `NAME=VALUE`. What is none is not shown: it may be a body, and hold secrets.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let (name, value) = text.split_once('=').filter(|(name, _)| is_name(name)).ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// All of them, of a command line.
pub(crate) fn pairs(entry: Entry, texts: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let read: Result<_, String> = texts.iter().map(|text| pair(text)).collect();
    read.map_err(|why| Failure::new(Exit::Configuration, format!("{}: {why}", entry.id())))
}

/// The arguments of `entry` as the library takes them. What does not fit is refused there.
pub(crate) fn arguments(entry: Entry, pairs: &[(String, String)]) -> Result<Json, Failure> {
    let mut given = Map::new();
    for (name, text) in pairs {
        let text = match text.strip_prefix('@') {
            // Two of them are one, at the beginning of the text itself.
            Some(text) if text.starts_with('@') => Secret::new(text),
            Some(path) => input::document(Path::new(path))?,
            None => Secret::new(text.as_str()),
        };
        let value = value(entry, name, text.expose())?;
        if given.insert(name.clone(), value).is_some() {
            return Err(Failure::new(Exit::Configuration, format!("{}: {name} is given twice", entry.id())));
        }
    }
    Ok(Value::Object(given).into())
}

fn value(entry: Entry, name: &str, text: &str) -> Result<Value, Failure> {
    if name == "body" {
        return match entry.body().map(|body| body.format) {
            Some(Format::Xml) | None => Ok(text.into()),
            Some(_) => body(text).map_err(|what| {
                Failure::new(Exit::Configuration, format!("{}: body: expected JSON, or @ and a file with it: {what}", entry.id()))
            }),
        };
    }
    let kind = entry.parameters().into_iter().find(|parameter| parameter.argument() == name).map(|parameter| parameter.kind);
    // To the library `null` is no argument at all; here somebody gave one.
    let read = |text: &str| serde_json::from_str(text).ok().filter(|value: &Value| !value.is_null());
    let value = match kind {
        Some(Kind::Integer | Kind::Boolean) => read(text),
        Some(Kind::Texts) if text.starts_with('[') => read(text),
        Some(Kind::Texts) => Some(text.split(',').collect()),
        None if name == "generation" => read(text),
        Some(Kind::Text | Kind::Secret) | None => None,
    };
    Ok(value.unwrap_or_else(|| text.into()))
}

fn body(text: &str) -> Result<Value, String> {
    match Json::parse(text.as_bytes())?.into_value() {
        Value::Null => Err("null is no body".to_owned()),
        value => Ok(value),
    }
}

/// Prints what an answer holds, with line breaks on a terminal.
pub(crate) fn answer(content: &Content) -> Result<(), Failure> {
    match content {
        Content::Nothing => Ok(()),
        Content::Json(json) if io::stdout().is_terminal() => print::result(&format!("{:#}", json.as_value())),
        Content::Json(json) => print::result(&to_text(json.as_value())),
        Content::Text(text) | Content::Unread { text, .. } => print::result(text.expose()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use trusted_profile::catalog;

    fn read(operation: &str, pairs: &[&str]) -> Result<Value, String> {
        let pairs: Vec<_> = pairs.iter().map(|text| pair(text).unwrap()).collect();
        arguments(catalog::find(operation).unwrap(), &pairs).map(Json::into_value).map_err(|failure| failure.text().to_owned())
    }

    #[test]
    fn a_value_is_of_the_kind_that_its_argument_has() {
        assert_eq!(
            read("vpc.list_instances", &["limit=50", "name=50", "vpc_id=a=b"]).unwrap(),
            json!({"limit": 50, "name": "50", "vpc_id": "a=b"})
        );
        assert_eq!(read("vpc.list_instances", &["limit=many"]).unwrap(), json!({"limit": "many"}));
        assert_eq!(read("iam_identity.list_profiles", &["include_history=true"]).unwrap(), json!({"include_history": true}));
        assert_eq!(
            read("vpc.create_vpc", &["body={\"name\":\"n\"}", "version=2026-01-01"]).unwrap(),
            json!({"body": {"name": "n"}, "version": "2026-01-01"})
        );
    }

    #[test]
    fn nothing_that_was_given_is_left_out() {
        assert_eq!(read("vpc.list_instances", &["limit=null", "name=null"]).unwrap(), json!({"limit": "null", "name": "null"}));
        assert_eq!(read("iam_identity.list_profiles", &["include_history=null"]).unwrap(), json!({"include_history": "null"}));
        assert_eq!(read("vpc.list_vpcs", &["generation=null"]).unwrap(), json!({"generation": "null"}));
        let said = read("vpc.create_vpc", &["body=null"]).unwrap_err();
        assert!(said.contains("vpc.create_vpc: body: expected JSON") && said.contains("null is no body"), "{said}");
    }

    #[test]
    fn two_at_signs_are_one_of_the_text() {
        assert_eq!(read("vpc.list_instances", &["name=@@home", "vpc_id=a@b"]).unwrap(), json!({"name": "@home", "vpc_id": "a@b"}));
        assert!(read("vpc.list_instances", &["name=@/nowhere"]).unwrap_err().contains("/nowhere"));
    }

    #[test]
    fn mistakes_are_told_without_what_was_given() {
        assert!(pair("limit").is_err());
        let said = read("vpc.create_instance", &["body={\"user_data\":\"s3cret\""]).unwrap_err();
        assert!(said.contains("vpc.create_instance: body: expected JSON") && !said.contains("s3cret"), "{said}");
        assert!(read("vpc.list_instances", &["limit=1", "limit=2"]).unwrap_err().contains("limit is given twice"));
        assert!(read("vpc.create_vpc", &["body=@/nowhere"]).unwrap_err().contains("/nowhere"));
    }
}
