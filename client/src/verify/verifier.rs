//! The verifier for programs on tokio.

use super::VerifierBuilder;
use super::cache::{Call, Step};
use super::claims::VerifiedClaims;
use super::fetch::Fetch;
use super::shared::{Shared, unknown};
use super::token::Shown;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::runtime::Handle;
use tokio::time::timeout;
use trusted_profile_core::error::{Error, ErrorCode};

/// Verifies IAM access tokens, with keys that it fetches from IAM and keeps. Cheap to clone; clones
/// share the keys.
///
/// Any number of tasks may ask at once: one fetch serves them all, and dropping a future harms nobody
/// else. Needs a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
}

impl Verifier {
    /// A verifier of tokens with exactly this `iss`, usually [`IBM_CLOUD_ISSUER`], of this account
    /// (`account.bss`, 32 hexadecimal digits).
    ///
    /// [`IBM_CLOUD_ISSUER`]: super::IBM_CLOUD_ISSUER
    pub fn builder(issuer: impl Into<String>, account_id: impl Into<String>) -> VerifierBuilder {
        VerifierBuilder::new(issuer.into(), account_id.into())
    }

    pub(super) const fn over(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The claims of `token`, which is the text after `Bearer `, if it can be trusted.
    ///
    /// # Errors
    /// `TokenNotTrusted` names the check that the token failed: answer with 401. Anything else says
    /// why the keys of IAM could not be had, so that nothing is known of the token.
    pub async fn verify(&self, token: &str) -> Result<VerifiedClaims, Error> {
        let shown = Shown::read(token)?;
        let mut call = Call::default();
        loop {
            // Registered before the poll, so that no wake-up between poll and wait is lost.
            let mut woken = pin!(self.shared.tasks.notified());
            woken.as_mut().enable();
            let step = self.shared.lock().poll(shown.kid(), &mut call);
            match step {
                Step::Use(keys, refresh) => {
                    if let Some(id) = refresh {
                        // Nobody waits for it, so nobody is told that it could not be started.
                        let _ = start(self.shared.take_on(id));
                    }
                    return self.shared.decide(&shown, &keys);
                }
                Step::Fetch(id) => start(self.shared.take_on(id))?,
                Step::Wait(at_most) => {
                    // Woken or not, the cache is asked again.
                    let _ = timeout(at_most, woken).await;
                }
                Step::Unknown => return Err(unknown()),
                Step::Failed(error) => return Err(error),
            }
        }
    }
}

/// Starts a fetch as a task of the caller's runtime.
fn start(fetch: Fetch) -> Result<(), Error> {
    let Ok(handle) = Handle::try_current() else {
        return Err(Error::new(ErrorCode::Closed, "verify() has to be awaited on a tokio runtime"));
    };
    let is_given_back = fetch.is_given_back();
    handle.spawn(fetch.run());
    // A runtime that is shutting down drops the task at once; asking again would go round for ever.
    if is_given_back.load(Ordering::Acquire) { Err(Error::new(ErrorCode::Closed, "the runtime is shutting down")) } else { Ok(()) }
}
