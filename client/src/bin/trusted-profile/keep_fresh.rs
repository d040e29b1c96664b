//! Passing on every new token for as long as the program runs.

use crate::exit::Failure;
use crate::print::note;
use crate::session::Session;
use crate::token::Token;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::timeout;
use trusted_profile::{AccessToken, Now};

/// The library is asked again this often: clocks may jump, and a machine may have slept.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// While a refresh is under way its end is news; this keeps the loop from spinning meanwhile.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// After a failure.
const AFTER_A_FAILURE: Duration = Duration::from_secs(10);

/// Gives every token after generation `known` to `deliver`. Failures are said and tried again.
pub(crate) async fn keep_fresh(session: &Session, mut known: u64, mut deliver: impl FnMut(&Token) -> Result<(), Failure>) -> Infallible {
    loop {
        let pause = match session.tokens.token().await {
            Ok(token) if token.generation() == known => until_refresh(&token),
            Ok(token) => match deliver(&Token::from(&token)) {
                Ok(()) => {
                    known = token.generation();
                    until_refresh(&token)
                }
                Err(failure) => {
                    note(failure.text());
                    AFTER_A_FAILURE
                }
            },
            Err(error) => {
                note(format!("there is no usable token any more: {error}"));
                AFTER_A_FAILURE
            }
        };
        // Late or woken, the library is asked again.
        let _ = timeout(pause, session.news.notified()).await;
    }
}

fn until_refresh(token: &AccessToken) -> Duration {
    let Now { monotonic, unix } = token.refresh_at();
    let now = trusted_profile::now();
    let left = monotonic.saturating_sub(now.monotonic).min(unix.saturating_sub(now.unix));
    left.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}
