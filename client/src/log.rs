//! What goes to `tracing`, under the target `trusted_profile`. Never bodies or tokens, and of headers
//! only what a change is conditional on: `ETag`.

use http::Response;
use http::header::ETAG;
use trusted_profile_core::TransportError;
use trusted_profile_core::token::{Event, Exchange};

pub(crate) fn exchange(exchange: &Exchange) {
    let request = &exchange.request;
    tracing::debug!(target: "trusted_profile", method = %request.method(), url = %request.uri(), "request");
}

pub(crate) fn outcome(outcome: &Result<Response<Vec<u8>>, TransportError>) {
    match outcome {
        Ok(response) => {
            let etag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
            tracing::debug!(target: "trusted_profile", status = response.status().as_u16(), bytes = response.body().len(), etag, "answer")
        }
        Err(error) => tracing::debug!(target: "trusted_profile", %error, "no answer"),
    }
}

pub(crate) fn event(event: &Event) {
    match event {
        Event::Fetched { slot, life } => tracing::info!(target: "trusted_profile", ?slot, life_s = life.as_secs(), "token fetched"),
        Event::Refreshed { slot, life, replaced_age } => {
            tracing::info!(target: "trusted_profile", ?slot, life_s = life.as_secs(), replaced_age_s = replaced_age.as_secs(), "token refreshed");
        }
        Event::RefreshFailed { slot, error, token_age } => {
            tracing::warn!(target: "trusted_profile", ?slot, %error, token_age_s = token_age.as_secs(), "refresh failed; the token in use stays");
        }
        Event::NotReady { slot, error, remaining } => {
            tracing::warn!(target: "trusted_profile", ?slot, %error, remaining_s = remaining.as_secs(), "not ready yet; trying again");
        }
        Event::Failed { slot, error } => tracing::warn!(target: "trusted_profile", ?slot, %error, "no token"),
        Event::Invalidated { slot, generation } => {
            tracing::info!(target: "trusted_profile", ?slot, generation, "token dropped: a service refused it")
        }
        Event::ClockSkew { seconds } => {
            tracing::warn!(target: "trusted_profile", seconds, "this machine's clock differs from the service's")
        }
        _ => {}
    }
}
