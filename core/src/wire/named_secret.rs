//! A secret that nobody here has seen before, told by the name it stands under: the token in an
//! answer whose status says that there is none.

use super::redact::MASK;

/// What such a name ends with, in the answers of all services: `access_token`, `apikey`.
const ENDINGS: [&str; 7] = ["token", "apikey", "api_key", "password", "passcode", "secret", "private_key"];

/// Replaces the value after each name of a secret: in JSON, in JSON within JSON, in a form.
pub(super) fn mask_named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_at(until(rest, |byte| matches!(byte, b':' | b'=')));
        let (sign, after) = after.split_at(until(after, |byte| !matches!(byte, b':' | b'=' | b' ' | b'\\' | b'"')));
        out.push_str(name);
        out.push_str(sign);
        let (value, after) = after.split_at(if is_secret(name.as_bytes()) { length(sign.as_bytes(), after) } else { 0 });
        out.push_str(if value.is_empty() { "" } else { MASK });
        rest = after;
    }
    out
}

fn until(text: &str, is_end: impl FnMut(u8) -> bool) -> usize {
    text.bytes().position(is_end).unwrap_or(text.len())
}

fn is_secret(name: &[u8]) -> bool {
    let quotes = name.iter().rev().take_while(|byte| matches!(byte, b'"' | b'\\' | b' ')).count();
    let name = name.split_at(name.len() - quotes).0;
    ENDINGS.iter().any(|end| name.len() >= end.len() && name.split_at(name.len() - end.len()).1.eq_ignore_ascii_case(end.as_bytes()))
}

/// How long the value is that `sign` begins. One that is cut short goes to the end. Without a quote
/// it is one of a form, or none: a colon may be of prose.
fn length(sign: &[u8], text: &str) -> usize {
    match sign {
        [.., b'"', b'"'] => 0,
        [before @ .., b'"'] => {
            // A quote within the value has more escapes than the one that began it.
            let depth = before.iter().rev().take_while(|byte| **byte == b'\\').count();
            let mut escapes = 0;
            until(text, |byte| {
                let is_end = byte == b'"' && escapes <= depth;
                escapes = if byte == b'\\' { escapes + 1 } else { 0 };
                is_end
            })
        }
        [b'='] => until(text, |byte| matches!(byte, b' ' | b'&' | b'"' | b'\'' | b'<' | b',' | b';' | b'\\')),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shows(text: &str, shown: &str) {
        assert_eq!(mask_named(text), shown, "{text}");
    }

    #[test]
    fn json() {
        shows(r#"{"access_token":"abc","expires_in":3600}"#, r#"{"access_token":"[redacted]","expires_in":3600}"#);
        shows(r#"{"a":{"Refresh_Token" : "a b"},"apikey":"k"}"#, r#"{"a":{"Refresh_Token" : "[redacted]"},"apikey":"[redacted]"}"#);
        shows(r#"{"token":"","password":null,"secret":12,"key":"a"}"#, r#"{"token":"","password":null,"secret":12,"key":"a"}"#);
    }

    #[test]
    fn a_quote_within_the_value_is_not_its_end() {
        shows(r#"{"password":"a\"b","c":"d"}"#, r#"{"password":"[redacted]","c":"d"}"#);
        shows(r#"{"password":"\"b","c":"d"}"#, r#"{"password":"\"[redacted]","c":"d"}"#);
        shows(r#"{\"token\": \"a\\\"b\", \"c\": \"d\"}"#, r#"{\"token\": \"[redacted]", \"c\": \"d\"}"#);
    }

    #[test]
    fn what_is_cut_short_has_no_end() {
        shows(r#"{"access_token":"abc"#, r#"{"access_token":"[redacted]"#);
        shows(r#"{"access_token":""#, r#"{"access_token":""#);
        shows("access_token=abc", "access_token=[redacted]");
        shows("token=", "token=");
        shows("token", "token");
        shows("", "");
    }

    #[test]
    fn forms() {
        shows("a=b&refresh_token=abc&c=d token=x,y", "a=b&refresh_token=[redacted]&c=d token=[redacted],y");
    }

    #[test]
    fn prose_stays() {
        shows("the token: expired, mytokens=3, tok:en=ü", "the token: expired, mytokens=3, tok:en=ü");
    }
}
