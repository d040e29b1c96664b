//! Objects of options. A struct says which members it has, and one visitor reads them all: what is derived for a
//! struct is as much code again for every member of it.

use crate::secret::Secret;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::time::Duration;

/// A struct that is read from a JSON object, closed against names that it does not know.
pub(crate) trait Members {
    /// What errors call it, such as `struct Policy`.
    fn title(&self) -> &'static str;

    /// Its members by name.
    fn members(&mut self) -> Vec<(&'static str, Member<'_>)>;

    /// Whether an object without one of them is refused.
    fn are_all_required(&self) -> bool {
        false
    }
}

/// A member that may be absent and has members of its own.
pub(crate) trait MaybeMembers {
    fn is_given(&self) -> bool;
    fn fill(&mut self) -> &mut dyn Members;
}

impl<T: Members + Default> MaybeMembers for Option<Box<T>> {
    fn is_given(&self) -> bool {
        self.is_some()
    }

    fn fill(&mut self) -> &mut dyn Members {
        self.get_or_insert_default().as_mut()
    }
}

/// Where the value of a member goes, and with that of which kind it has to be.
pub(crate) enum Member<'a> {
    Text(&'a mut String),
    MaybeText(&'a mut Option<String>),
    MaybeSecret(&'a mut Option<Secret>),
    MaybeFlag(&'a mut Option<bool>),
    MaybeNumber(&'a mut Option<u64>),
    Count(&'a mut u32),
    Bytes(&'a mut usize),
    Part(&'a mut f64),
    Millis(&'a mut Duration),
    Object(&'a mut dyn Members),
    /// With what errors call it.
    MaybeObject(&'static str, &'a mut dyn MaybeMembers),
}

impl Member<'_> {
    /// Whether there is a value, as far as it may be absent.
    pub(crate) fn is_given(&self) -> bool {
        match self {
            Self::MaybeText(place) => place.is_some(),
            Self::MaybeSecret(place) => place.is_some(),
            Self::MaybeFlag(place) => place.is_some(),
            Self::MaybeNumber(place) => place.is_some(),
            Self::MaybeObject(_, place) => place.is_given(),
            _ => false,
        }
    }

    /// What is expected, in serde's words.
    fn expected(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::MaybeText(_) | Self::MaybeSecret(_) => "a string",
            Self::MaybeFlag(_) => "a boolean",
            Self::MaybeNumber(_) | Self::Millis(_) => "u64",
            Self::Count(_) => "u32",
            Self::Bytes(_) => "usize",
            Self::Part(_) => "f64",
            Self::Object(members) => members.title(),
            Self::MaybeObject(title, _) => title,
        }
    }

    fn put_text(self, text: &str) -> Result<(), Misread> {
        match self {
            Self::Text(place) => *place = text.to_owned(),
            Self::MaybeText(place) => *place = Some(text.to_owned()),
            Self::MaybeSecret(place) => *place = Some(Secret::new(text)),
            other => return other.misread("string"),
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "what is not from 0 to 1 is refused later")]
    fn put_number(self, number: u64) -> Result<(), Misread> {
        match self {
            Self::MaybeNumber(place) => *place = Some(number),
            Self::Millis(place) => *place = Duration::from_millis(number),
            Self::Part(place) => *place = number as f64,
            Self::Count(place) => *place = number.try_into().map_err(|_| Misread { found: "integer", expected: "u32" })?,
            Self::Bytes(place) => *place = number.try_into().map_err(|_| Misread { found: "integer", expected: "usize" })?,
            other => return other.misread("integer"),
        }
        Ok(())
    }

    fn put_part(self, part: f64) -> Result<(), Misread> {
        match self {
            Self::Part(place) => *place = part,
            other => return other.misread("floating point"),
        }
        Ok(())
    }

    fn put_flag(self, flag: bool) -> Result<(), Misread> {
        match self {
            Self::MaybeFlag(place) => *place = Some(flag),
            other => return other.misread("boolean"),
        }
        Ok(())
    }

    /// `null`: what may be absent stays so.
    fn put_nothing(self) -> Result<(), Misread> {
        match self {
            Self::MaybeText(_) | Self::MaybeSecret(_) | Self::MaybeFlag(_) | Self::MaybeNumber(_) | Self::MaybeObject(..) => Ok(()),
            other => other.misread("null"),
        }
    }

    fn misread<T>(&self, found: &'static str) -> Result<T, Misread> {
        Err(Misread { found, expected: self.expected() })
    }
}

/// A value of another kind; what it was is not shown, since it may be a secret.
struct Misread {
    found: &'static str,
    expected: &'static str,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid type: {}, expected {}", self.found, self.expected)
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.put_flag(flag).map_err(E::custom)
    }

    #[expect(clippy::cast_precision_loss, reason = "what is not from 0 to 1 is refused later")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        match u64::try_from(number) {
            Ok(number) => self.put_number(number),
            Err(_) if matches!(self, Self::Part(_)) => self.put_part(number as f64),
            Err(_) => self.misread("integer"),
        }
        .map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.put_number(number).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, part: f64) -> Result<(), E> {
        self.put_part(part).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.put_text(text).map_err(E::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.put_nothing().map_err(E::custom)
    }

    /// Handed over whole: no copy of a secret stays behind.
    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        match self {
            Self::MaybeSecret(place) => {
                *place = Some(Secret::new(text));
                Ok(())
            }
            other => other.put_text(&text).map_err(E::custom),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _items: A) -> Result<(), A::Error> {
        self.misread("sequence").map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let members = match self {
            Self::Object(members) => members,
            Self::MaybeObject(_, members) => members.fill(),
            other => return other.misread("map").map_err(A::Error::custom),
        };
        let are_all_required = members.are_all_required();
        let mut members: Vec<(&str, Option<Member<'_>>)> =
            members.members().into_iter().map(|(name, member)| (name, Some(member))).collect();
        while let Some(member) = object.next_key_seed(Name(&mut members))? {
            object.next_value_seed(member)?;
        }
        match members.iter().find(|(_, member)| member.is_some()) {
            Some((name, _)) if are_all_required => Err(A::Error::custom(format_args!("missing field `{name}`"))),
            _ => Ok(()),
        }
    }
}

/// A member's name, for which the member is handed out, once.
struct Name<'a, 'm>(&'a mut [(&'static str, Option<Member<'m>>)]);

impl<'de, 'm> DeserializeSeed<'de> for Name<'_, 'm> {
    type Value = Member<'m>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member<'m>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'m> Visitor<'_> for Name<'_, 'm> {
    type Value = Member<'m>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member<'m>, E> {
        match self.0.iter_mut().find(|(name, _)| *name == text) {
            Some((name, member)) => member.take().ok_or_else(|| E::custom(format_args!("duplicate field `{name}`"))),
            None => {
                let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
                Err(E::custom(format_args!("unknown field `{text}`, expected one of `{}`", names.join("`, `"))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// Every kind of member, and what serde would derive for the same.
    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct All {
        text: String,
        maybe_text: Option<String>,
        flag: Option<bool>,
        number: Option<u64>,
        count: u32,
        bytes: usize,
        part: f64,
        both: Both,
        inner: Option<Box<Self>>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Both {
        one: u32,
        two: u32,
    }

    impl Members for All {
        fn title(&self) -> &'static str {
            "struct All"
        }

        fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
            vec![
                ("text", Member::Text(&mut self.text)),
                ("maybe_text", Member::MaybeText(&mut self.maybe_text)),
                ("flag", Member::MaybeFlag(&mut self.flag)),
                ("number", Member::MaybeNumber(&mut self.number)),
                ("count", Member::Count(&mut self.count)),
                ("bytes", Member::Bytes(&mut self.bytes)),
                ("part", Member::Part(&mut self.part)),
                ("both", Member::Object(&mut self.both)),
                ("inner", Member::MaybeObject("struct All", &mut self.inner)),
            ]
        }
    }

    impl Members for Both {
        fn title(&self) -> &'static str {
            "struct Both"
        }

        fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
            vec![("one", Member::Count(&mut self.one)), ("two", Member::Count(&mut self.two))]
        }

        fn are_all_required(&self) -> bool {
            true
        }
    }

    fn read(text: &str) -> Result<All, String> {
        let mut all = All::default();
        let mut json = serde_json::Deserializer::from_slice(text.as_bytes());
        Member::Object(&mut all).deserialize(&mut json).map_err(|e| e.to_string())?;
        Ok(all)
    }

    #[test]
    fn what_is_read_is_what_serde_would_read() {
        let values = [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1",
            "1",
            "1.0",
            "0.5",
            "-0.5",
            "1e3",
            "4294967295",
            "4294967296",
            "18446744073709551615",
            "18446744073709551616",
            "\"\"",
            "\"a\\u00e9\\n\"",
            "{}",
            r#"{"one":1,"two":2}"#,
            r#"{"one":1}"#,
            r#"{"one":1,"two":2,"three":3}"#,
            r#"{"one":1,"one":1,"two":2}"#,
            r#"{"one":null,"two":2}"#,
            r#"{"text":"b","inner":{"flag":true}}"#,
            r#"{"inner":null}"#,
            r#"{"text":null}"#,
        ];
        for name in ["text", "maybe_text", "flag", "number", "count", "bytes", "part", "both", "inner", "nobody"] {
            for value in values {
                for text in [format!(r#"{{"{name}":{value}}}"#), format!(r#"{{"{name}":{value},"{name}":{value}}}"#)] {
                    assert_eq!(read(&text).ok(), serde_json::from_str::<All>(&text).ok(), "{text}");
                }
            }
        }
    }

    #[test]
    fn mistakes_are_described_in_the_words_of_serde() {
        assert!(read(r#"{"both":{"one":1}}"#).unwrap_err().starts_with("missing field `two`"));
        assert!(read(r#"{"both":[1,2]}"#).unwrap_err().starts_with("invalid type: sequence, expected struct Both"));
        for (text, message) in [
            (r#"{"nobody":1}"#, "unknown field `nobody`, expected one of `text`, `maybe_text`, "),
            (r#"{"text":"a","text":"b"}"#, "duplicate field `text`"),
            (r#"{"text":null}"#, "invalid type: null, expected a string"),
            (r#"{"text":1}"#, "invalid type: integer, expected a string"),
            (r#"{"number":-1}"#, "invalid type: integer, expected u64"),
            (r#"{"number":0.5}"#, "invalid type: floating point, expected u64"),
            (r#"{"count":4294967296}"#, "invalid type: integer, expected u32"),
            (r#"{"bytes":"a"}"#, "invalid type: string, expected usize"),
            (r#"{"part":true}"#, "invalid type: boolean, expected f64"),
            (r#"{"flag":{}}"#, "invalid type: map, expected a boolean"),
            (r#"{"inner":1}"#, "invalid type: integer, expected struct All"),
        ] {
            assert!(read(text).unwrap_err().starts_with(message), "{text}: {}", read(text).unwrap_err());
        }
    }

    #[test]
    fn what_was_given_is_known() {
        let given = |text: &str| {
            let mut all = read(text).unwrap();
            all.members().iter().filter(|(_, member)| member.is_given()).map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(given(r#"{"maybe_text":null,"flag":null,"number":null,"inner":null}"#), Vec::<&str>::new());
        assert_eq!(given(r#"{"maybe_text":"","flag":false,"number":0,"inner":{}}"#), ["maybe_text", "flag", "number", "inner"]);
    }

    #[test]
    fn a_secret_that_is_handed_over_is_taken_whole() {
        let mut secret = None;
        Member::MaybeSecret(&mut secret).deserialize(serde_json::json!("hunter2")).unwrap();
        assert_eq!(secret.map(|secret| secret.expose().to_owned()).as_deref(), Some("hunter2"));
    }
}
