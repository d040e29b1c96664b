//! The verifier for programs that block.

use super::VerifierBuilder;
use super::cache::{Call, FetchId, Step};
use super::claims::VerifiedClaims;
use super::fetch::Fetch;
use super::shared::{Shared, unknown};
use super::token::Shown;
use crate::units::Units;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use trusted_profile_core::error::{Error, ErrorCode};

/// Verifies IAM access tokens for threads, with keys that it fetches from IAM and keeps. Share it in
/// an `Arc`.
///
/// Keys are fetched in a short thread, so that a caller that gives up harms nobody. Dropping the
/// verifier ends it.
pub struct Verifier {
    shared: Arc<Shared>,
    units: Units,
}

impl Verifier {
    /// A verifier of tokens with exactly this `iss`, usually [`IBM_CLOUD_ISSUER`], of this account
    /// (`account.bss`, 32 hexadecimal digits).
    ///
    /// [`IBM_CLOUD_ISSUER`]: super::IBM_CLOUD_ISSUER
    pub fn builder(issuer: impl Into<String>, account_id: impl Into<String>) -> VerifierBuilder {
        VerifierBuilder::new(issuer.into(), account_id.into())
    }

    pub(super) fn over(shared: Arc<Shared>) -> Self {
        Self { shared, units: Units::new() }
    }

    /// The claims of `token`, which is the text after `Bearer `, if it can be trusted.
    ///
    /// `timeout` is the caller's own bound for having keys; without one an attempt's 10 s bound it.
    ///
    /// # Errors
    /// `TokenNotTrusted` names the check that the token failed: answer with 401. `DeadlineExceeded`
    /// after `timeout`. Anything else says why the keys of IAM could not be had, so that nothing is
    /// known of the token.
    pub fn verify(&self, token: &str, timeout: Option<Duration>) -> Result<VerifiedClaims, Error> {
        let shown = Shown::read(token)?;
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut call = Call::default();
        loop {
            let mut guard = self.shared.lock();
            match guard.poll(shown.kid(), &mut call) {
                Step::Use(keys, refresh) => {
                    drop(guard);
                    if let Some(id) = refresh {
                        self.start(id);
                    }
                    return self.shared.decide(&shown, &keys);
                }
                Step::Fetch(id) => {
                    drop(guard);
                    self.start(id);
                }
                Step::Wait(at_most) => {
                    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                    if left.is_some_and(|left| left.is_zero()) {
                        return Err(late(timeout));
                    }
                    // Waiting begins before the lock is released: Condvar does both at once.
                    let waited = self.shared.threads.wait_timeout(guard, left.map_or(at_most, |left| left.min(at_most)));
                    drop(waited.unwrap_or_else(PoisonError::into_inner));
                }
                Step::Unknown => return Err(unknown()),
                Step::Failed(error) => return Err(error),
            }
        }
    }

    fn start(&self, id: FetchId) {
        if let Err((fetch, why)) = self.units.start(self.shared.take_on(id), Fetch::run) {
            fetch.fail(&why);
        }
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.units.close();
        self.units.join();
    }
}

fn late(timeout: Option<Duration>) -> Error {
    let allowed = timeout.unwrap_or_default().as_secs_f64();
    Error::new(ErrorCode::DeadlineExceeded, format!("no keys of IAM within the {allowed:.1} s that the caller allowed; the fetch goes on"))
}
