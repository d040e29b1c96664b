//! When keys are fetched, and which are used meanwhile. Pure: time is an argument.

use super::keys::KeySet;
use std::sync::Arc;
use std::time::Duration;
use trusted_profile_core::Error;

/// After this, keys are fetched anew beside their use.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// After this, keys that could not be replaced are used no longer.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// A `kid` that is not known leads to a fetch once in this time.
const UNKNOWN_KID_EVERY: Duration = Duration::from_secs(5 * 60);
/// The pause after a failed fetch while there are no keys.
const COOLDOWN: Duration = Duration::from_secs(5);
/// The first pause after a failed fetch while there are keys. It doubles up to the longest.
const BACKOFF: Duration = Duration::from_secs(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5 * 60);

/// The keys at hand, and the one fetch that may be under way.
pub(super) struct KeyCache {
    held: Option<Held>,
    flight: Option<Flight>,
    failure: Option<Failure>,
    /// No fetch for an unknown `kid` before this.
    unknown_not_before: Duration,
    /// How many fetches were begun; also names them.
    begun: u64,
    /// How many of them ended.
    ended: u64,
    /// A fetch that has not ended after this long is lost.
    lease: Duration,
}

struct Held {
    keys: Arc<KeySet>,
    since: Duration,
}

struct Flight {
    id: FetchId,
    until: Duration,
    is_for_unknown_kid: bool,
}

struct Failure {
    error: Error,
    until: Duration,
    in_a_row: u32,
}

/// Names one fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FetchId(u64);

/// One call to verify: what it has waited for is not asked for again.
#[derive(Default)]
pub(super) struct Call {
    /// Fetches that had ended when the call came.
    ended_before: Option<u64>,
}

/// What a call has to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Use these keys. Start the fetch, if there is one, beside it.
    Use(Arc<KeySet>, Option<FetchId>),
    /// Start this fetch, and ask again.
    Fetch(FetchId),
    /// Wait to be woken, but no longer than this, and ask again.
    Wait(Duration),
    /// The keys are as new as may be, and this one is not among them.
    Unknown,
    /// There are no keys to decide with.
    Failed(Error),
}

impl KeyCache {
    pub(super) fn new(lease: Duration) -> Self {
        let unknown_not_before = Duration::ZERO;
        Self { held: None, flight: None, failure: None, unknown_not_before, begun: 0, ended: 0, lease }
    }

    /// What to do about a token signed with `kid`, at the monotonic time `now`.
    pub(super) fn poll(&mut self, now: Duration, kid: &str, call: &mut Call) -> Step {
        let ended_before = *call.ended_before.get_or_insert(self.ended);
        let is_flying = self.flight.as_ref().is_some_and(|flight| now < flight.until);
        let is_pausing = self.failure.as_ref().is_some_and(|failure| now < failure.until);
        let held = self.held.as_ref().filter(|held| now < held.since.saturating_add(KEPT));
        if let Some(held) = held
            && held.keys.get(kid).is_some()
        {
            let is_due = now >= held.since.saturating_add(FRESH) && !is_flying && !is_pausing;
            let keys = Arc::clone(&held.keys);
            return Step::Use(keys, is_due.then(|| self.begin(now, false)));
        }
        let has_keys = held.is_some();
        // Keys that came after the token did are new enough to decide; a failure after it is told.
        let has_asked = self.ended > ended_before;
        let left = self.flight.as_ref().map(|flight| flight.until.saturating_sub(now)).filter(|_| is_flying);
        match (&self.failure, left) {
            (_, Some(left)) if !has_asked => Step::Wait(left),
            (Some(failure), _) if has_asked || is_pausing => Step::Failed(failure.error.clone()),
            _ if has_keys && (has_asked || now < self.unknown_not_before) => Step::Unknown,
            (_, Some(left)) => Step::Wait(left),
            _ => {
                if has_keys {
                    self.unknown_not_before = now.saturating_add(UNKNOWN_KID_EVERY);
                }
                Step::Fetch(self.begin(now, has_keys))
            }
        }
    }

    fn begin(&mut self, now: Duration, is_for_unknown_kid: bool) -> FetchId {
        self.begun = self.begun.saturating_add(1);
        let id = FetchId(self.begun);
        self.flight = Some(Flight { id, until: now.saturating_add(self.lease), is_for_unknown_kid });
        id
    }

    /// A fetch ended. One that is foreign or too late changes nothing.
    pub(super) fn end(&mut self, now: Duration, id: FetchId, outcome: Result<KeySet, Error>) {
        let Some(flight) = self.flight.take_if(|flight| flight.id == id) else { return };
        self.ended = self.ended.saturating_add(1);
        match outcome {
            Ok(keys) => {
                self.held = Some(Held { keys: Arc::new(keys), since: now });
                self.failure = None;
            }
            Err(error) => {
                self.failed(now, error);
                self.forgive(&flight);
            }
        }
    }

    fn failed(&mut self, now: Duration, error: Error) {
        let before = self.failure.take().map_or(0, |failure| failure.in_a_row);
        let doubled = BACKOFF.saturating_mul(1_u32.checked_shl(before).unwrap_or(u32::MAX));
        let pause = if self.held.is_some() { doubled } else { COOLDOWN };
        let pause = pause.max(error.retry_after().unwrap_or_default()).min(LONGEST_BACKOFF);
        self.failure = Some(Failure { error, until: now.saturating_add(pause), in_a_row: before.saturating_add(1) });
    }

    /// A fetch was given back undone: the next call may start another.
    pub(super) fn abandon(&mut self, id: FetchId) {
        if let Some(flight) = self.flight.take_if(|flight| flight.id == id) {
            self.forgive(&flight);
        }
    }

    /// What brought no keys does not count as having asked.
    const fn forgive(&mut self, flight: &Flight) {
        if flight.is_for_unknown_kid {
            self.unknown_not_before = Duration::ZERO;
        }
    }

    /// In a child of `fork`: the fetch under way is the parent's.
    pub(super) fn after_fork(&mut self) {
        if let Some(flight) = self.flight.take() {
            self.forgive(&flight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use trusted_profile_core::ErrorCode;
    use trusted_profile_core::operation::Operation as _;
    use trusted_profile_core::services::ListIdentityKeys;

    const LEASE: Duration = Duration::from_secs(12);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_000_000 + seconds)
    }

    fn keys(kids: &[&str]) -> Result<KeySet, Error> {
        let keys: Vec<_> = kids.iter().map(|kid| json!({"kid": kid, "kty": "RSA", "n": "gAAA".repeat(86), "e": "AQAB"})).collect();
        KeySet::new(&ListIdentityKeys::parse(http::Response::new(json!({ "keys": keys }).to_string().into_bytes())).unwrap().value)
    }

    fn failure() -> Result<KeySet, Error> {
        Err(Error::new(ErrorCode::ServiceUnreachable, "down"))
    }

    fn poll(cache: &mut KeyCache, seconds: u64, kid: &str) -> Step {
        cache.poll(at(seconds), kid, &mut Call::default())
    }

    #[track_caller]
    fn fetch(step: Step) -> FetchId {
        match step {
            Step::Fetch(id) | Step::Use(_, Some(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    /// A cache that fetched `a` at 0.
    fn filled() -> KeyCache {
        let mut cache = KeyCache::new(LEASE);
        let id = fetch(poll(&mut cache, 0, "a"));
        cache.end(at(0), id, keys(&["a"]));
        cache
    }

    #[test]
    fn one_fetch_serves_all_who_wait() {
        let mut cache = KeyCache::new(LEASE);
        let mut calls = [Call::default(), Call::default(), Call::default()];
        let id = fetch(cache.poll(at(0), "a", &mut calls[0]));
        for call in &mut calls {
            assert!(matches!(cache.poll(at(2), "a", call), Step::Wait(left) if left == Duration::from_secs(10)));
        }
        cache.end(at(3), id, keys(&["a"]));
        for call in &mut calls {
            assert!(matches!(cache.poll(at(3), "a", call), Step::Use(_, None)));
        }
    }

    #[test]
    fn a_call_that_had_the_keys_fetched_does_not_ask_again() {
        let mut cache = KeyCache::new(LEASE);
        let mut call = Call::default();
        let id = fetch(cache.poll(at(0), "b", &mut call));
        cache.end(at(1), id, keys(&["a"]));
        assert!(matches!(cache.poll(at(1), "b", &mut call), Step::Unknown));
        // The next one may: it came after the keys.
        fetch(poll(&mut cache, 2, "b"));
    }

    #[test]
    fn a_flood_of_unknown_keys_is_one_fetch_in_five_minutes() {
        let mut cache = filled();
        let mut first = Call::default();
        let id = fetch(cache.poll(at(10), "b", &mut first));
        assert!(matches!(poll(&mut cache, 11, "c"), Step::Wait(_)));
        assert!(matches!(poll(&mut cache, 11, "a"), Step::Use(_, None)), "a known key never waits");
        cache.end(at(12), id, keys(&["a", "b"]));
        assert!(matches!(cache.poll(at(12), "b", &mut first), Step::Use(_, None)));
        for second in 12..310 {
            assert!(matches!(poll(&mut cache, second, "c"), Step::Unknown), "{second}");
        }
        let id = fetch(poll(&mut cache, 310, "c"));
        cache.end(at(311), id, keys(&["a", "b"]));
        assert!(matches!(poll(&mut cache, 609, "c"), Step::Unknown));
        fetch(poll(&mut cache, 610, "c"));
    }

    #[test]
    fn keys_are_renewed_beside_their_use_after_an_hour() {
        let mut cache = filled();
        assert!(matches!(poll(&mut cache, 3599, "a"), Step::Use(_, None)));
        let id = fetch(poll(&mut cache, 3600, "a"));
        assert!(matches!(poll(&mut cache, 3601, "a"), Step::Use(_, None)), "one is under way");
        cache.end(at(3602), id, keys(&["b"]));
        assert!(matches!(poll(&mut cache, 3603, "b"), Step::Use(_, None)));
        // The withdrawn key is no longer one.
        fetch(poll(&mut cache, 3603, "a"));
    }

    #[test]
    fn keys_that_cannot_be_renewed_serve_for_a_day() {
        let mut cache = filled();
        let mut second = 3600;
        for pause in [10, 20, 40, 80, 160, 300, 300] {
            let id = fetch(poll(&mut cache, second, "a"));
            cache.end(at(second), id, failure());
            assert!(matches!(poll(&mut cache, second + pause - 1, "a"), Step::Use(_, None)), "{pause}");
            second += pause;
        }
        assert!(matches!(poll(&mut cache, 86_399, "a"), Step::Use(_, Some(_))));
        let id = fetch(poll(&mut cache, 86_415, "a"));
        assert!(matches!(poll(&mut cache, 86_415, "a"), Step::Wait(_)), "too old to decide");
        cache.end(at(86_416), id, keys(&["a"]));
        assert!(matches!(poll(&mut cache, 86_417, "a"), Step::Use(_, None)));
    }

    #[test]
    fn without_keys_a_failure_is_told_for_five_seconds() {
        let mut cache = KeyCache::new(LEASE);
        let mut call = Call::default();
        let id = fetch(cache.poll(at(0), "a", &mut call));
        cache.end(at(1), id, failure());
        assert!(matches!(cache.poll(at(1), "a", &mut call), Step::Failed(_)));
        assert!(matches!(cache.poll(at(100), "a", &mut call), Step::Failed(_)), "it gets its own failure, however late");
        assert!(matches!(poll(&mut cache, 5, "a"), Step::Failed(_)));
        fetch(poll(&mut cache, 6, "a"));
    }

    #[test]
    fn an_unknown_key_that_could_not_be_asked_for_is_no_refusal() {
        let mut cache = filled();
        let mut call = Call::default();
        let id = fetch(cache.poll(at(10), "b", &mut call));
        cache.end(at(11), id, failure());
        assert!(matches!(cache.poll(at(11), "b", &mut call), Step::Failed(_)));
        assert!(matches!(poll(&mut cache, 20, "c"), Step::Failed(_)));
        assert!(matches!(poll(&mut cache, 20, "a"), Step::Use(_, None)));
        // It does not count as having asked.
        fetch(poll(&mut cache, 21, "b"));
    }

    #[test]
    fn a_fetch_that_is_given_back_lost_or_of_the_parent_is_started_anew() {
        let mut cache = filled();
        let given_back = fetch(poll(&mut cache, 10, "b"));
        cache.abandon(given_back);
        let lost = fetch(poll(&mut cache, 10, "b"));
        assert!(matches!(poll(&mut cache, 21, "b"), Step::Wait(_)));
        // Its lease is over; the window for unknown keys still is not.
        assert!(matches!(poll(&mut cache, 22, "b"), Step::Unknown));
        let next = fetch(poll(&mut cache, 310, "b"));
        cache.end(at(311), lost, keys(&["b"]));
        assert!(matches!(poll(&mut cache, 311, "b"), Step::Wait(_)), "late news change nothing");
        cache.after_fork();
        let of_the_child = fetch(poll(&mut cache, 312, "b"));
        cache.end(at(313), next, keys(&["b"]));
        cache.end(at(313), of_the_child, keys(&["b"]));
        assert!(matches!(poll(&mut cache, 314, "b"), Step::Use(_, None)));
    }
}
