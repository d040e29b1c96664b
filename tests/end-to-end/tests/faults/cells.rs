//! One fault, one request, one provider: with an empty cache, after recovery, and with a good token.

use crate::hop::Hop;
use crate::rows::{Expected, Row};
use end_to_end::{Account, Caller, Manner, get};
use simulator::Fault;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};
use trusted_profile::{AccessToken, Error, ErrorCode, Event, Policy};

/// Far more than a busy machine takes on top of a round's budget; a hang would take for ever.
const GRACE: Duration = Duration::from_secs(20);

/// What a program sees, in words for the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen(pub(crate) [String; 3]);

pub(crate) fn run(row: &Row, hop: Hop, manner: Manner, account: &Account) -> Seen {
    let (empty, recovered) = empty_cache(row, hop, manner, account);
    Seen([empty, recovered, valid_token(row, hop, manner, account)])
}

const fn expected_code(row: &Row, hop: Hop) -> Option<ErrorCode> {
    match (row.expected, hop) {
        (Expected::Refused(code), _) => Some(code),
        (Expected::Unreachable, Hop::Identity | Hop::InstanceToken) => Some(ErrorCode::MetadataUnreachable),
        (Expected::Unreachable, Hop::PodToken) => Some(ErrorCode::ServiceUnreachable),
        (Expected::Token, _) => None,
    }
}

/// A: nothing is cached. B: the next call once the service is well.
fn empty_cache(row: &Row, hop: Hop, manner: Manner, account: &Account) -> (String, String) {
    let place = format!("{}, {hop:?}, {manner:?}", row.name);
    let tokens = Caller::new(hop.builder(account).policy(row.policy()), manner);
    account.inject(hop.rule(&row.fault));
    let started = Instant::now();
    let answer = tokens.token();
    let elapsed = started.elapsed();
    // An instance's token takes two rounds: one for each request.
    assert!(elapsed < 2 * row.policy().remote.round + GRACE, "{place}: {elapsed:?}");
    let seen = match (&answer, expected_code(row, hop)) {
        (Err(error), Some(code)) => {
            assert_eq!(error.code(), code, "{place}: {error}");
            assert!(error.to_string().contains(". Fix: ") && !error.causes().is_empty(), "{place}: {error}");
            code.as_str().to_owned()
        }
        (Ok(token), None) => {
            assert_token_serves(row, account, token, &place);
            "token".to_owned()
        }
        (answer, _) => panic!("{place}: {answer:?}"),
    };
    account.clear_faults();
    let token = tokens.token().unwrap_or_else(|error| panic!("{place}, after recovery: {error}"));
    if answer.is_err() {
        assert_eq!(get(&account.greeting_url(), token.expose()), 200, "{place}");
    }
    (seen, "token".to_owned())
}

/// Whether it came from a service of another time or not, the token works.
fn assert_token_serves(row: &Row, account: &Account, token: &AccessToken, place: &str) {
    // To the object store, whose clock is right, this one is long expired.
    if !matches!(row.fault, Fault::Skew { seconds } if seconds < 0) {
        assert_eq!(get(&account.greeting_url(), token.expose()), 200, "{place}");
    }
}

/// Its life, of which the last ten seconds are not used.
const LIFE: Duration = Duration::from_secs(660);

/// A provider with a token that is due for refresh and good for ten more minutes, and with the
/// fault in force.
pub(crate) struct Due {
    pub(crate) tokens: Caller,
    pub(crate) token: AccessToken,
    pub(crate) events: Receiver<Event>,
}

impl Due {
    pub(crate) fn arrange(fault: &Fault, hop: Hop, manner: Manner, account: &Account, policy: &Policy) -> Self {
        account.set_iam_token_lifetime(i64::try_from(LIFE.as_secs()).unwrap());
        let mut due_after = Duration::from_millis(300);
        loop {
            let refresh_at = due_after.as_secs_f64() / LIFE.as_secs_f64();
            let policy = Policy { refresh_at, refresh_jitter: 0.0, ..policy.clone() };
            let (sender, events) = mpsc::channel();
            // Nobody listens any more once the cell is done.
            let on_event = move |event: &Event| drop(sender.send(event.clone()));
            let tokens = Caller::new(hop.builder(account).policy(policy).on_event(on_event), manner);
            let started = Instant::now();
            let token = tokens.token().unwrap();
            let arrived = Instant::now();
            if hop == Hop::Identity {
                // So that the refresh needs a new one.
                account.revoke_identity_tokens();
            }
            account.inject(hop.rule(fault));
            // A machine so busy that the token is due already may have refreshed it before the fault.
            if started.elapsed() < due_after / 2 {
                thread::sleep(due_after.saturating_sub(arrived.elapsed()) + Duration::from_millis(5));
                assert!(token.usable_until().unix.as_secs() >= unix() + 600, "ten more minutes");
                while events.try_recv().is_ok() {}
                return Self { tokens, token, events };
            }
            account.clear_faults();
            due_after *= 2;
            assert!(due_after < GRACE, "a token takes longer than {GRACE:?}");
        }
    }

    pub(crate) fn assert_cached(&self, place: &str) {
        let token = self.tokens.token().unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(token.expose() == self.token.expose(), "{place}: the cached token was replaced");
    }
}

fn unix() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// C: the cached token is good for ten more minutes, and its refresh meets the fault.
fn valid_token(row: &Row, hop: Hop, manner: Manner, account: &Account) -> String {
    let place = format!("{}, {hop:?}, {manner:?}, refresh", row.name);
    let due = Due::arrange(&row.fault, hop, manner, account, &row.policy());
    let before = hop.count(account);
    let refused = expected_code(row, hop);
    let seen = match (end_of_refresh(&due, refused.is_some(), &place), refused) {
        (Err(error), Some(code)) => {
            assert_eq!(error.code(), code, "{place}: {error}");
            for _ in 0..4 {
                due.assert_cached(&place);
            }
            "cached token"
        }
        (Ok(()), None) => {
            let token = due.tokens.token().unwrap();
            assert!(token.expose() != due.token.expose(), "{place}: not replaced");
            assert_token_serves(row, account, &token, &place);
            "refreshed"
        }
        (end, _) => panic!("{place}: {end:?}"),
    };
    let attempts = hop.count(account) - before;
    account.clear_faults();
    assert!(attempts <= 4, "{place}: {attempts} requests, for one refresh");
    seen.to_owned()
}

/// How the refresh went. Callers come all the while, and drive it on.
fn end_of_refresh(due: &Due, is_refused: bool, place: &str) -> Result<(), Error> {
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if is_refused {
            due.assert_cached(place);
        } else {
            due.tokens.token().unwrap();
        }
        // What happens on the way there, to the identity token say, does not matter.
        match due.events.recv_timeout(Duration::from_millis(20)) {
            Ok(Event::RefreshFailed { error, .. }) => return Err(error),
            Ok(Event::Refreshed { .. }) => return Ok(()),
            _ => {}
        }
    }
    panic!("{place}: the refresh never ended");
}
