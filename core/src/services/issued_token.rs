//! A token as a service issued it, before anybody believes it.

use crate::error::{Error, ErrorCode};
use crate::operation::{Reply, json_body};
use crate::secret::Secret;
use crate::time::{parse_http_date, parse_rfc3339};
use serde_json::Value;
use std::time::Duration;
use zeroize::Zeroizing;

/// A token and what the answer says about its life.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token. Opaque: it need not be a JWT.
    pub access_token: Secret,
    /// How long it lives from when it was asked for; zero when it was expired on arrival.
    pub expires_in: Duration,
    /// The server's time when it answered, in seconds since 1970, if it told.
    pub issued_at: Option<i64>,
    /// The nonce, given back.
    pub nonce: Option<String>,
    /// A refresh token, where the grant has one. The text `not_supported` counts as none.
    pub refresh_token: Option<Secret>,
}

impl IssuedToken {
    /// Reads both shapes of answer: `expires_at` of the metadata service and `expiration` of IAM.
    ///
    /// Life is the least of what `expires_in` and the server's own two times say (R10). This
    /// machine's clock has no part in it.
    pub(crate) fn read(operation: &str, reply: Reply<Zeroizing<Vec<u8>>>) -> Result<Reply<Self>, Error> {
        let json = json_body(operation, &reply)?;
        let malformed = |what: &str| {
            Error::new(ErrorCode::MalformedResponse, format!("{operation} was answered with HTTP {}, but {what}", reply.status))
                .with_status(reply.status)
        };
        let Value::Object(mut body) = json.into_value() else {
            return Err(malformed("JSON that is not an object"));
        };
        let secret = |value: Option<&mut Value>| match value {
            Some(Value::String(text)) => Some(Secret::new(std::mem::take(text))),
            _ => None,
        };
        let access_token = secret(body.get_mut("access_token"));
        let refresh_token = secret(body.get_mut("refresh_token")).filter(|t| !t.is_empty() && t.expose() != "not_supported");
        let access_token =
            access_token.filter(|t| is_header_text(t.expose())).ok_or_else(|| malformed("without an access_token that could be sent"))?;
        let date = reply.headers.get(http::header::DATE).and_then(|v| v.to_str().ok()).and_then(parse_http_date);
        let time = |name: &str| body.get(name).and_then(Value::as_str).and_then(parse_rfc3339);
        let issued_at = time("created_at").or(date);
        let expiry = time("expires_at").or_else(|| body.get("expiration").and_then(as_seconds));
        let from_times = expiry.zip(issued_at).map(|(expiry, issued)| expiry.saturating_sub(issued));
        let life = match (body.get("expires_in").and_then(as_seconds), from_times) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => return Err(malformed("without expires_in")),
        };
        let value = Self {
            access_token,
            expires_in: Duration::from_secs(u64::try_from(life).unwrap_or(0)),
            issued_at,
            nonce: body.get("nonce").and_then(Value::as_str).map(str::to_owned),
            refresh_token,
        };
        Ok(Reply { status: reply.status, headers: reply.headers, value })
    }
}

/// Whether a token can stand in an `Authorization` header: graphic ASCII without blanks.
pub(crate) fn is_header_text(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

/// Whole seconds, as a number or as digits.
fn as_seconds(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and parts of a second do not matter")]
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX)).or_else(|| number.as_f64().map(|f| f as i64))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn read(body: &str, date: Option<&str>) -> Result<IssuedToken, String> {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert(http::header::DATE, date.parse().unwrap());
        }
        IssuedToken::read("op", Reply { status: 200, headers, value: Zeroizing::new(body.as_bytes().to_vec()) })
            .map(|r| r.value)
            .map_err(|e| e.message().to_owned())
    }

    fn life(body: &str, date: Option<&str>) -> u64 {
        read(body, date).unwrap().expires_in.as_secs()
    }

    const DATE: Option<&str> = Some("Thu, 01 Jan 2026 00:00:00 GMT");

    #[test]
    fn life_is_the_least_that_the_server_says() {
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600}"#, None), 3600);
        assert_eq!(life(r#"{"access_token":"t","expires_in":"3600"}"#, None), 3600);
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600.9}"#, None), 3600);
        // 1767225600 is the Date.
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600,"expiration":1767225900}"#, DATE), 300);
        assert_eq!(life(r#"{"access_token":"t","expires_in":300,"expiration":1767229200}"#, DATE), 300);
        assert_eq!(life(r#"{"access_token":"t","expiration":1767229200}"#, DATE), 3600);
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600,"expiration":5}"#, None), 3600, "nothing to compare with");
        let meta =
            r#"{"access_token":"t","expires_in":3600,"created_at":"2026-07-01T10:00:00.120Z","expires_at":"2026-07-01T10:05:00.120Z"}"#;
        assert_eq!(life(meta, DATE), 300, "created_at comes before Date");
    }

    #[test]
    fn expired_on_arrival_is_no_life() {
        assert_eq!(life(r#"{"access_token":"t","expires_in":0}"#, None), 0);
        assert_eq!(life(r#"{"access_token":"t","expires_in":-5}"#, None), 0);
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600,"expiration":1767225600}"#, DATE), 0);
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600,"expiration":-9223372036854775808}"#, DATE), 0);
        assert_eq!(life(r#"{"access_token":"t","expires_in":18446744073709551615}"#, None), i64::MAX.unsigned_abs());
    }

    #[test]
    fn what_is_no_token_answer() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "<html>",
            "{\"access_token\":",
            r#"{"access_token":"","expires_in":1}"#,
            r#"{"access_token":null,"expires_in":1}"#,
            r#"{"access_token":"a b","expires_in":1}"#,
            r#"{"access_token":"a\nb","expires_in":1}"#,
            r#"{"access_token":"ü","expires_in":1}"#,
            r#"{"access_token":"t"}"#,
            r#"{"access_token":"t","expires_in":"soon"}"#,
            r#"{"identity_token":"t","expires_in":1}"#,
        ] {
            let message = read(body, None).unwrap_err();
            assert!(message.starts_with("op was answered with HTTP 200, but "), "{message}");
        }
    }

    #[test]
    fn bad_dates_never_fail_a_token() {
        assert_eq!(
            life(r#"{"access_token":"t","expires_in":60,"created_at":"yesterday","expires_at":7,"expiration":{}}"#, Some("soon")),
            60
        );
    }

    #[test]
    fn refresh_tokens_and_nonces() {
        let token = read(r#"{"access_token":"t","expires_in":1,"refresh_token":"not_supported","nonce":"n"}"#, None).unwrap();
        assert!(token.refresh_token.is_none() && token.nonce.as_deref() == Some("n"));
        assert!(read(r#"{"access_token":"t","expires_in":1,"refresh_token":""}"#, None).unwrap().refresh_token.is_none());
        assert!(read(r#"{"access_token":"t","expires_in":1,"refresh_token":"r"}"#, None).unwrap().refresh_token.is_some());
        assert!(!format!("{token:?}").contains("\"t\""));
    }
}
