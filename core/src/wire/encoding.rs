//! Percent, query and form encoding. Nothing on the wire is put together by formatting text.

use super::Invalid;
use crate::secret::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986, section 2.3.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One value as one path segment.
///
/// # Errors
/// `Invalid` names `argument` when the value is empty or is `.` or `..` once decoded: such a
/// segment would address another resource.
pub fn path_segment(argument: &'static str, value: &str) -> Result<String, Invalid> {
    let decoded = percent_decode_str(value).decode_utf8_lossy();
    if matches!(decoded.as_ref(), "" | "." | "..") {
        return Err(Invalid::new(argument, value, "a value that is not empty, \".\" or \"..\""));
    }
    Ok(utf8_percent_encode(value, COMPONENT).to_string())
}

/// A query string without its question mark. Blanks become `%20`, which every server decodes.
#[must_use]
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.extend(utf8_percent_encode(name, COMPONENT));
        out.push('=');
        out.extend(utf8_percent_encode(value, COMPONENT));
    }
    out
}

/// An `application/x-www-form-urlencoded` body. It may hold secrets, so it is one.
#[must_use]
pub fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Secret {
    let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
    // One allocation of the final size at most, so that no half-grown copy of a secret stays behind.
    let worst = pairs.iter().map(|(n, v)| n.len().saturating_add(v.len()).saturating_mul(3).saturating_add(2)).sum();
    let mut out = form_urlencoded::Serializer::new(String::with_capacity(worst));
    out.extend_pairs(pairs);
    Secret::new(out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_keeps_only_unreserved_characters() {
        assert_eq!(path_segment("id", "crn:v1:a/b c~_.-%").as_deref(), Ok("crn%3Av1%3Aa%2Fb%20c~_.-%25"));
    }

    #[test]
    fn a_segment_that_would_leave_its_place_is_refused() {
        for bad in ["", ".", "..", "%2e", "%2E%2e", ".%2E"] {
            assert_eq!(path_segment("id", bad).map_err(|e| e.argument), Err("id"), "{bad}");
        }
        assert!(path_segment("id", "...").is_ok());
    }

    #[test]
    fn queries_and_forms_are_encoded() {
        assert_eq!(query([("a b", "c&d=+"), ("e", "ü")]), "a%20b=c%26d%3D%2B&e=%C3%BC");
        assert_eq!(form([("cr_token", "a+b/c=&"), ("p", "x y")]).expose(), "cr_token=a%2Bb%2Fc%3D%26&p=x+y");
        assert_eq!(query([]), "");
    }
}
