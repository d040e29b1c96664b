//! What the async and the blocking verifier share.

use super::cache::{Call, FetchId, KeyCache, Step};
use super::claims::VerifiedClaims;
use super::expected::Expected;
use super::fetch::Fetch;
use super::keys::KeySet;
use super::refusal::refused;
use super::token::Shown;
use crate::clocks;
use crate::transport::Transport;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use trusted_profile_core::error::{Condition, Error};
use trusted_profile_core::token::IamEndpoint;
use trusted_profile_core::{Facts, Now, Policy};

/// What is expected, the keys, and the way to them.
pub(super) struct Shared {
    pub(super) expected: Expected,
    pub(super) endpoint: IamEndpoint,
    pub(super) policy: Policy,
    pub(super) facts: Facts,
    pub(super) transport: Transport,
    cache: Mutex<Guarded>,
    /// Wakes threads. Goes with the cache's mutex.
    pub(super) threads: Condvar,
    /// Wakes tasks.
    pub(super) tasks: Notify,
}

/// The keys, and the process that their fetch belongs to.
pub(super) struct Guarded {
    cache: KeyCache,
    process: u32,
}

impl Guarded {
    fn at(&mut self) -> (&mut KeyCache, Now) {
        let process = std::process::id();
        if process != self.process {
            self.process = process;
            self.cache.after_fork();
        }
        (&mut self.cache, clocks::now())
    }

    pub(super) fn poll(&mut self, kid: &str, call: &mut Call) -> Step {
        let (cache, now) = self.at();
        cache.poll(now.monotonic, kid, call)
    }
}

impl Shared {
    pub(super) fn new(expected: Expected, endpoint: IamEndpoint, transport: Transport, facts: Facts) -> Arc<Self> {
        let policy = Policy::default();
        let lease = policy.remote.attempt.saturating_add(policy.lease_grace);
        let cache = Mutex::new(Guarded { cache: KeyCache::new(lease), process: std::process::id() });
        let (threads, tasks) = (Condvar::new(), Notify::new());
        Arc::new(Self { expected, endpoint, policy, facts, transport, cache, threads, tasks })
    }

    /// The cache. A panic of another holder left it whole: it is changed only by its own calls.
    pub(super) fn lock(&self) -> MutexGuard<'_, Guarded> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A change that others may wait for.
    pub(super) fn report(&self, change: impl FnOnce(&mut KeyCache, Now)) {
        let mut guard = self.lock();
        let (cache, now) = guard.at();
        change(cache, now);
        drop(guard);
        self.wake();
    }

    fn wake(&self) {
        self.threads.notify_all();
        self.tasks.notify_waiters();
    }

    /// Takes on a fetch: from here on it is done, or given back when it is dropped.
    pub(super) fn take_on(self: &Arc<Self>, id: FetchId) -> Fetch {
        Fetch::new(Arc::clone(self), id)
    }

    /// The claims of a token, with keys that have its `kid`.
    pub(super) fn decide(&self, shown: &Shown<'_>, keys: &KeySet) -> Result<VerifiedClaims, Error> {
        let keys = keys.get(shown.kid()).ok_or_else(unknown)?;
        let unix = i64::try_from(clocks::now().unix.as_secs()).unwrap_or(i64::MAX);
        self.expected.accept(shown.claims(keys)?, unix)
    }
}

/// The refusal of a token whose key nobody knows.
pub(super) fn unknown() -> Error {
    refused(Condition::TokenKey, "the key that the token names (kid) is not one of IAM's")
}
