//! Everything that a JavaScript wrapper calls of the core for tokens and the metadata service, so that
//! it can be weighed (`make wasm-size`). Nothing runs it; `black_box` keeps the compiler from noticing.

#[cfg(feature = "catalog")]
mod catalog;

use std::hint::black_box;
use std::time::Duration;
use trusted_profile_core::token::{Event, ExternalToken, FileRead, Input, InputReply, SourceOptions};
use trusted_profile_core::wire::read_header;
use trusted_profile_core::{Action, Error, Facts, Now, Policy, Secret, Ticket, TokenManager, TransportError, TransportErrorKind};

/// What JavaScript passes in: numbers and text.
fn given<T: Default>() -> T {
    black_box(T::default())
}

/// What JavaScript gets back.
fn taken<T>(value: T) {
    black_box(value);
}

fn now() -> Now {
    Now { monotonic: Duration::from_millis(given()), unix: Duration::from_millis(given()) }
}

fn main() {
    if let Err(error) = token_path() {
        fail(&error);
    }
    operations::all();
    #[cfg(feature = "catalog")]
    catalog::all();
}

fn fail(error: &Error) {
    taken((error.code().as_str(), error.code().is_transient(), error.message().to_owned()));
    taken((error.to_string(), error.status(), error.attempts(), error.elapsed(), error.retry_after()));
    taken((error.causes().to_vec(), error.notes().to_vec(), error.service().cloned()));
}

fn token_path() -> Result<(), Error> {
    let source = SourceOptions::from_json(&given::<String>())?.into_source()?;
    let policy = Policy::from_json(&given::<String>())?;
    let mut machine = TokenManager::new(source, policy, given())?;
    machine.set_facts(serde_json::from_slice::<Facts>(&given::<Vec<u8>>()).unwrap_or_default());
    let mut ticket = Ticket::new();
    while given() {
        let action = machine.poll(machine.last_slot(), now(), &mut ticket);
        act(&mut machine, action);
        if let Some(action) = machine.poll_refresh(now()) {
            act(&mut machine, action);
        }
        while let Some(event) = machine.poll_event() {
            happened(event);
        }
    }
    machine.invalidate(now(), machine.last_slot(), given());
    machine.after_fork(given());
    let status = machine.status();
    taken((status.source, status.protocol.map(|scheme| scheme.as_str()), status.clock_skew_seconds));
    for slot in status.slots {
        taken((slot.generation, slot.usable_until, slot.refresh_at, slot.fetching, slot.failed_refreshes));
    }
    Ok(())
}

fn happened(event: Event) {
    match event {
        Event::Fetched { life, .. } => taken(life),
        Event::Refreshed { life, replaced_age, .. } => taken((life, replaced_age)),
        Event::RefreshFailed { error, .. } | Event::NotReady { error, .. } | Event::Failed { error, .. } => fail(&error),
        Event::Invalidated { generation, .. } => taken(generation),
        Event::ClockSkew { seconds } => taken(seconds),
        _ => {}
    }
}

fn act(machine: &mut TokenManager, action: Action) {
    match action {
        Action::Ready(token) => {
            taken((token.expose().to_owned(), token.generation(), token.usable_until(), token.refresh_at()));
        }
        Action::Send(exchange) => {
            let (parts, body) = exchange.request.into_parts();
            let headers: Vec<(String, Vec<u8>)> =
                parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
            taken((parts.method.as_str().to_owned(), parts.uri.to_string(), headers, body));
            taken((exchange.connect_timeout, exchange.timeout, exchange.max_response_bytes, exchange.network));
            if given() {
                machine.abandon(now(), exchange.id);
            }
            machine.handle(now(), exchange.id, outcome());
        }
        Action::NeedInput { id, input } => {
            let reply = match input {
                Input::CrTokenFile { paths, .. } => {
                    let read = |path| FileRead { path, result: Ok(Secret::new(given::<String>())) };
                    InputReply::CrTokenFile(paths.into_iter().map(read).collect())
                }
                _ => InputReply::External(Ok(ExternalToken {
                    access_token: Secret::new(given::<String>()),
                    expires_in: Duration::from_millis(given()),
                })),
            };
            machine.provide(now(), id, reply);
        }
        Action::Wait { at_most } => taken(at_most),
        Action::Failed(error) => fail(&error),
    }
}

fn outcome() -> Result<http::Response<Vec<u8>>, TransportError> {
    if given() {
        let kind = TransportErrorKind::from_name(&given::<String>()).unwrap_or(TransportErrorKind::Other);
        return Err(TransportError::new(kind, given::<String>()));
    }
    let mut response = http::Response::new(given());
    *response.status_mut() = http::StatusCode::from_u16(given()).unwrap_or_default();
    for (name, value) in given::<Vec<(String, Vec<u8>)>>() {
        if let (Some(name), Ok(value)) = (read_header(&name), value.try_into()) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

mod operations {
    use super::{fail, given, outcome, taken};
    use trusted_profile_core::operation::Operation;
    use trusted_profile_core::services::{
        CreateIdentityCertificate, DEFAULT_VERSION, GetInstanceInitialization, GetOpenidConfiguration, ListIdentityKeys,
    };
    use trusted_profile_core::wire::BaseUrl;

    fn both<O: Operation>(operation: &O, base: &BaseUrl) {
        match operation.request(base, DEFAULT_VERSION) {
            Ok(request) => taken((request.uri().to_string(), request.into_body())),
            Err(error) => fail(&error),
        }
        let Ok(response) = outcome() else { return };
        match O::parse(response) {
            Ok(reply) => taken(reply.value),
            Err(error) => fail(&error),
        }
    }

    pub(super) fn all() {
        let Ok(base) = BaseUrl::parse("endpoint", &given::<String>()) else { return };
        both(&GetInstanceInitialization {}, &base);
        both(&GetOpenidConfiguration {}, &base);
        both(&ListIdentityKeys {}, &base);
        let csr = given::<String>();
        both(&CreateIdentityCertificate { csr, expires_in: None }, &base);
    }
}
