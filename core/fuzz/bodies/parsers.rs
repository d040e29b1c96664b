//! Every parser takes anything: a value or an error, no panic, and nothing in an error that must not
//! be shown.
//!
//! The input is a response as text: the status, headers a line each, an empty line, the body. The
//! body is also read as everything else that comes from outside as text.

use http::{HeaderMap, HeaderName, HeaderValue, Response};
use std::fmt::Debug;
use std::time::Duration;
use trusted_profile_core::error::ServiceError;
use trusted_profile_core::operation::{ApiDate, Operation};
use trusted_profile_core::services::{
    CreateIamToken, CreateIdentityCertificate, CreateIdentityToken, GetInstanceInitialization, GetOpenidConfiguration, GetToken,
    IssuedToken, ListIdentityKeys,
};
use trusted_profile_core::token::{
    Action, ApiKey, Iam, IamEndpoint, Metadata, Policy, Protocol, Source, SourceOptions, Ticket, TokenManager, UnverifiedClaims,
};
use trusted_profile_core::wire::{EXCERPT_LIMIT, Json, Redactor, path_segment};
use trusted_profile_core::{Error, Facts, Now, Secret};

pub(crate) fn run(data: &[u8]) {
    let (status, headers, body) = split(data);
    parse_all(status, &headers, body);
    service_error_is_fit_to_show(&ServiceError::read(&headers, body, &Redactor::default()));
    for source in [Source::VpcInstance(Metadata::default()), api_key()] {
        machine_takes(source, status, &headers, body);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        read_text(text);
    }
}

fn api_key() -> Source {
    Source::ApiKey(ApiKey { api_key: Secret::new("an-api-key-of-some-length"), iam: Iam::default() })
}

/// Status line, headers and body. What cannot be a header is left out.
fn split(data: &[u8]) -> (u16, HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    let mut rest = data;
    let status = line(&mut rest);
    let status = std::str::from_utf8(status).ok().and_then(|text| text.trim().parse().ok()).filter(|n| (100..1000).contains(n));
    while !rest.is_empty() {
        let header = line(&mut rest);
        if header.is_empty() {
            break;
        }
        let Some(colon) = header.iter().position(|b| *b == b':') else { continue };
        let (name, value) = header.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or_default().trim_ascii();
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    (status.unwrap_or(200), headers, rest)
}

fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix(b"\n").unwrap_or_default();
    line
}

fn response(status: u16, headers: &HeaderMap, body: &[u8]) -> Response<Vec<u8>> {
    let mut response = Response::new(body.to_vec());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().clone_from(headers);
    response
}

fn parse_all(status: u16, headers: &HeaderMap, body: &[u8]) {
    let answer = || response(status, headers, body);
    issued::<CreateIdentityToken>(answer());
    issued::<CreateIamToken>(answer());
    issued::<GetToken>(answer());
    parse::<CreateIdentityCertificate>(answer());
    parse::<GetInstanceInitialization>(answer());
    parse::<ListIdentityKeys>(answer());
    parse::<GetOpenidConfiguration>(answer());
}

fn parse<O: Operation<Output: Debug>>(response: Response<Vec<u8>>) -> Option<O::Output> {
    let is_success = response.status().is_success();
    match O::parse(response) {
        Ok(reply) => {
            assert!(is_success, "{} took a refusal for a success", O::SPEC.id);
            let _ = format!("{:?}", reply.value);
            Some(reply.value)
        }
        Err(error) => {
            error_is_fit_to_show(&error);
            None
        }
    }
}

fn issued<O: Operation<Output = IssuedToken>>(response: Response<Vec<u8>>) {
    let Some(issued) = parse::<O>(response) else { return };
    let token = issued.access_token.expose();
    assert!(!token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()), "{token:?} cannot be sent");
    let is_quoted = issued.nonce.as_deref().is_some_and(|nonce| nonce.contains(token));
    let shown = format!("{issued:?}");
    assert!(token.len() < 24 || is_quoted || !shown.contains(token), "{shown}");
}

fn error_is_fit_to_show(error: &Error) {
    let _ = format!("{error} {error:?} {:?} {:?}", error.causes(), error.retry_after());
    assert!(!error.message().chars().any(char::is_control), "{:?}", error.message());
    if let Some(service) = error.service() {
        service_error_is_fit_to_show(service);
    }
}

fn service_error_is_fit_to_show(said: &ServiceError) {
    let parts = [&said.code, &said.message, &said.details, &said.target, &said.trace, &said.excerpt];
    for part in parts.into_iter().flatten() {
        assert!(!part.chars().any(char::is_control) && part.len() <= EXCERPT_LIMIT + 3, "{part:?}");
    }
    let _ = said.to_string();
}

/// The whole way: asked, answered, asked again.
fn machine_takes(source: Source, status: u16, headers: &HeaderMap, body: &[u8]) {
    let Ok(mut machine) = TokenManager::new(source, Policy::default(), 1) else { panic!("a usual source") };
    let now = Now { monotonic: Duration::from_secs(1), unix: Duration::from_secs(1_790_000_000) };
    let later = now.plus(Duration::from_millis(10));
    let (slot, mut ticket) = (machine.last_slot(), Ticket::new());
    let Action::Send(exchange) = machine.poll(slot, now, &mut ticket) else { panic!("nothing to send") };
    machine.handle(later, exchange.id, Ok(response(status, headers, body)));
    match machine.poll(slot, later, &mut ticket) {
        Action::Ready(token) => assert!(later.is_before(token.usable_until()), "{token:?}"),
        Action::Failed(error) => error_is_fit_to_show(&error),
        other => drop(format!("{other:?}")),
    }
    let _ = format!("{:?} {machine:?}", machine.status());
}

/// Everything else that comes from outside as text.
fn read_text(text: &str) {
    if let Some(claims) = UnverifiedClaims::read(text) {
        let _ = (claims.iam_id(), claims.account_id(), claims.expires_at(), claims.audiences(), claims.service_account());
        let _ = format!("{claims:?}");
    }
    if let Ok(date) = ApiDate::parse("version", text) {
        assert_eq!(date.to_string(), text);
    }
    if let Ok(endpoint) = IamEndpoint::parse(text) {
        assert!(endpoint.base().is_ok(), "{text:?}");
    }
    if let Ok(protocol) = Protocol::parse(text) {
        assert_eq!(protocol.as_str(), text);
    }
    if let Ok(segment) = path_segment("id", text) {
        assert!(!segment.contains(['/', '?', '#', '\\', ' ']), "{segment:?}");
        assert!(!matches!(segment.as_str(), "" | "." | ".."), "{text:?}");
    }
    let _ = serde_json::from_str::<Facts>(text);
    read_options(text);
    if let Ok(policy) = serde_json::from_str::<Policy>(text)
        && policy.validate().is_ok()
    {
        let machine = TokenManager::new(Source::External, policy, 1);
        assert!(machine.is_ok(), "{text:?}");
    }
}

fn read_options(text: &str) {
    let secrets = secrets_of(text);
    let shown = match SourceOptions::from_json(text) {
        Err(error) => error.to_string(),
        Ok(options) => {
            let debug = format!("{options:?}");
            match options.into_source() {
                Err(error) => format!("{debug} {error}"),
                Ok(source) => {
                    let machine = TokenManager::new(source.clone(), Policy::default(), 1);
                    assert!(machine.is_ok(), "a validated source was refused: {text:?}");
                    format!("{debug} {source} {source:?}")
                }
            }
        }
    };
    for secret in secrets {
        assert!(!shown.contains(&secret), "{secret:?} in {shown}");
    }
}

/// The secret options of a JSON object, unless another option has the same text.
fn secrets_of(text: &str) -> Vec<String> {
    let Ok(json) = Json::parse(text.as_bytes()) else { return Vec::new() };
    let given = ["api_key", "token", "client_secret"].into_iter().filter_map(|name| json.text(name));
    given.filter(|secret| secret.len() >= 12 && text.matches(secret).count() == 1).map(str::to_owned).collect()
}
