//! A secret that nobody here has seen before, told by the name it stands under: the token in an
//! answer whose status says that there is none.

use super::redact::MASK;

/// What such a name ends with, in the answers of all services: `access_token`, `apikey`, `encrypted_password`.
const ENDINGS: [&str; 9] = ["token", "key", "key_value", "password", "passcode", "secret", "secrets", "psk", "user_data"];

/// Replaces the value after each name of a secret: in JSON, in JSON within JSON, in a form.
pub(super) fn mask_named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.bytes().position(|byte| matches!(byte, b':' | b'=')) {
        let (name, after) = rest.split_at(sign + 1);
        let (start, end) = value(name.as_bytes(), after.as_bytes());
        let (value, after) = after.split_at(end);
        out.push_str(name);
        out.push_str(value.split_at(start).0);
        out.push_str(if start == end { "" } else { MASK });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where the value after `name`, a colon or an equals sign at its end, begins and ends. Nothing but ASCII is before either of them.
fn value(name: &[u8], text: &[u8]) -> (usize, usize) {
    let Some((sign, name)) = name.split_last().filter(|(_, name)| is_secret(name)) else {
        return (0, 0);
    };
    let blanks = count(text.iter(), b" ");
    let (_, text) = text.split_at(blanks);
    let depth = count(text.iter(), b"\\");
    let is_quoted = name.trim_ascii_end().ends_with(b"\"");
    let (start, length) = match text.get(depth) {
        Some(quote @ (b'"' | b'\'')) => (depth + 1, quoted(text.split_at(depth + 1).1, *quote, depth)),
        _ if text.starts_with(MASK.as_bytes()) => (0, 0),
        // Where it ends, is for a parser to say.
        Some(b'[' | b'{') if is_quoted => (0, text.len()),
        // Without quotes, a colon may be one of prose.
        _ if *sign == b'=' || is_quoted => (0, text.iter().take_while(|byte| !b" &\"'<,;}]\\".contains(byte)).count()),
        _ => (0, 0),
    };
    (blanks + start, blanks + start + length)
}

fn is_secret(name: &[u8]) -> bool {
    let (name, _) = name.split_at(name.len() - count(name.iter().rev(), b" \"'\\"));
    ENDINGS.iter().any(|end| name.len() >= end.len() && name.split_at(name.len() - end.len()).1.eq_ignore_ascii_case(end.as_bytes()))
}

/// How long a value is that begins with a quote after `depth` escapes. One that is cut short goes to the end.
fn quoted(text: &[u8], quote: u8, depth: usize) -> usize {
    let mut escapes = 0;
    let end = text.iter().position(|byte| {
        // One quote within the value has 1, 3, 7 of them where those around it have 0, 1, 3; an escape within it has 2, 4, 8.
        let is_end = *byte == quote && escapes & (depth * 2 + 1) == depth;
        escapes = if *byte == b'\\' { escapes + 1 } else { 0 };
        is_end
    });
    end.map_or(text.len(), |end| end - depth)
}

fn count<'b>(bytes: impl Iterator<Item = &'b u8>, of: &[u8]) -> usize {
    bytes.take_while(|byte| of.contains(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn shows(text: &str, shown: &str) {
        assert_eq!(mask_named(text), shown, "{text}");
    }

    fn json(value: &serde_json::Value) -> String {
        value.to_string()
    }

    proptest! {
        #[test]
        fn whatever_the_value_is_it_goes_and_nothing_else_does(secret in "\\PC{1,12}|[\\\\\"':= {}\\[\\],&a]{1,9}", before in "[ -~]{0,9}") {
            let body = |secret: &str| json(&serde_json::json!({ "a": before, "access_token": secret, "b": "shown" }));
            prop_assume!(!before.contains(':') && !before.contains('='));
            prop_assert_eq!(mask_named(&body(&secret)), body(MASK));
            // As a text within JSON, and within that once more.
            let within = |text: String| json(&text.into());
            prop_assert_eq!(mask_named(&within(body(&secret))), within(body(MASK)));
            prop_assert_eq!(mask_named(&within(within(body(&secret)))), within(within(body(MASK))));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC*|([\\\\\"':= {a]|token)*") {
            mask_named(&text);
        }
    }

    #[test]
    fn names() {
        shows(r#"{"a":{"Refresh_Token" : "a b"},"apikey":"k"}"#, r#"{"a":{"Refresh_Token" : "[redacted]"},"apikey":"[redacted]"}"#);
        shows(r#"{"tokens":"a","keys":"b","id":"c"}"#, r#"{"tokens":"a","keys":"b","id":"c"}"#);
        shows(r#"{'token': 'a"b', 'id': 'c'}"#, r#"{'token': '[redacted]', 'id': 'c'}"#);
    }

    #[test]
    fn other_values_than_text() {
        shows(r#"{"token":"","password":17,"id":1}"#, r#"{"token":"","password":[redacted],"id":1}"#);
        shows(r#"{"id":1,"secrets":{"id":2},"b":3}"#, r#"{"id":1,"secrets":[redacted]"#);
        shows(r#"{"id":1,"psk": ["a"],"b":3}"#, r#"{"id":1,"psk": [redacted]"#);
    }

    #[test]
    fn what_is_cut_short_has_no_end() {
        shows(r#"{"access_token":"abc"#, r#"{"access_token":"[redacted]"#);
        for text in [r#"{"access_token":""#, r#"{"access_token":"#, "token=", "token", ""] {
            shows(text, text);
        }
    }

    #[test]
    fn forms() {
        shows("a=b&refresh_token=abc&c=d token=x,y", "a=b&refresh_token=[redacted]&c=d token=[redacted],y");
        shows("token=[redacted]&c=[d]", "token=[redacted]&c=[d]");
        shows("https://a?access_token=b&c=d", "https://a?access_token=[redacted]&c=d");
    }

    #[test]
    fn prose_stays() {
        let text = "the token: expired, mytokens=3, tok:en=ü";
        shows(text, text);
    }
}
