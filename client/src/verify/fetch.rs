//! One fetch of the keys, detached from whoever started it.

use super::cache::FetchId;
use super::keys::KeySet;
use super::shared::Shared;
use crate::log;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use trusted_profile_core::error::{Error, ErrorCode};

/// A fetch that was begun. It reports how it ends, and gives itself back when it is dropped.
pub(super) struct Fetch {
    shared: Arc<Shared>,
    id: FetchId,
    is_done: bool,
    is_given_back: Arc<AtomicBool>,
}

impl Fetch {
    pub(super) fn new(shared: Arc<Shared>, id: FetchId) -> Self {
        Self { shared, id, is_done: false, is_given_back: Arc::default() }
    }

    /// Turns true when the fetch is dropped undone.
    pub(super) fn is_given_back(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_given_back)
    }

    /// Asks IAM, once, and reports.
    pub(super) async fn run(self) {
        let shared = Arc::clone(&self.shared);
        let outcome = match shared.endpoint.keys_exchange(&shared.policy) {
            Ok(exchange) => {
                log::exchange(&exchange);
                let outcome = shared.transport.send(exchange).await;
                log::outcome(&outcome);
                shared.endpoint.keys_reply(outcome, &shared.facts)
            }
            Err(error) => Err(error),
        };
        self.end(outcome.and_then(|listed| KeySet::new(&listed)));
    }

    /// Reports that it could not even be started.
    pub(super) fn fail(self, why: &str) {
        self.end(Err(Error::new(ErrorCode::ServiceUnreachable, format!("the keys of IAM could not be asked for: {why}"))));
    }

    fn end(mut self, outcome: Result<KeySet, Error>) {
        match &outcome {
            Ok(keys) => tracing::debug!(target: "trusted_profile", ?keys, "keys of IAM fetched"),
            Err(error) => tracing::warn!(target: "trusted_profile", %error, "no keys of IAM; those at hand stay in use"),
        }
        self.is_done = true;
        let id = self.id;
        self.shared.report(|cache, now| cache.end(now.monotonic, id, outcome));
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        self.is_given_back.store(true, Ordering::Release);
        let id = self.id;
        self.shared.report(|cache, now| {
            if std::thread::panicking() {
                // A failure: giving it back would only have the next one panic as well.
                cache.end(now.monotonic, id, Err(Error::new(ErrorCode::Internal, "fetching the keys panicked")));
            } else {
                cache.abandon(id);
            }
        });
    }
}
