//! What holds of the token machine whatever callers, services, clocks and drivers do.
//!
//! Every test plays random scripts in a simulated world and holds them to one rule; `world/checks.rs`
//! names the rules, `world/model.rs` is the model they are judged by.

mod drawn;
mod world;

use drawn::{config, scripts};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use world::checks::Rule;
use world::play::play;
use world::script::Script;
use world::simulation::Options;

/// Plays `script` and says how it breaks `rule`, if it does.
fn breach(script: &Script, rule: Rule, options: Options) -> Option<String> {
    let violations = play(script, options).violations;
    violations.into_iter().find(|violation| violation.rule == rule).map(|violation| violation.what)
}

fn holds(rule: Rule, seed: u64, options: Options) {
    let result = TestRunner::new(config(seed)).run(&scripts(), |script: Script| match breach(&script, rule, options) {
        None => Ok(()),
        Some(what) => Err(TestCaseError::fail(what)),
    });
    assert!(result.is_ok(), "{rule:?}: {}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}

/// R3: no two live exchanges in a slot, and no id twice.
#[test]
fn a_slot_has_one_live_exchange() {
    holds(Rule::OneLiveExchange, 1, Options::default());
}

/// R4, R8, R10, R16, R21: a token that is handed out was issued to that slot by a whole and
/// acceptable answer, is usable on both clocks at that moment, and no invalidation took it away.
#[test]
fn what_is_ready_is_usable() {
    holds(Rule::ReadyIsUsable, 2, Options::default());
}

/// R1, R2: while a token is usable nobody waits and nobody is told of a failure.
#[test]
fn a_usable_token_is_never_held_back() {
    holds(Rule::NeverBlocked, 3, Options::default());
}

#[test]
fn no_wait_is_longer_than_the_policy_has_it() {
    holds(Rule::WaitsAreBounded, 4, Options::default());
}

/// R3: a newcomer after the cooldown starts a round at once.
#[test]
fn a_newcomer_is_never_just_turned_away() {
    holds(Rule::CallersAreAnswered, 5, Options::default());
}

/// R3: all who joined a round get its failure, however late they ask.
#[test]
fn a_round_fails_the_same_for_all() {
    holds(Rule::OneRoundForAll, 6, Options::default());
}

/// R3, R6: a round sends no more than its attempts and its once-only second chances.
#[test]
fn a_round_has_only_so_many_exchanges() {
    holds(Rule::ExchangesAreBounded, 7, Options::default());
}

/// R3, R8: late, foreign and repeated reports, replies of the wrong kind and generations that are
/// not current leave the machine as it was, to the last field.
#[test]
fn noise_changes_nothing() {
    holds(Rule::NoiseChangesNothing, 8, Options::default());
}

/// R7: a failed round answers newcomers for a while, with its error and without traffic.
#[test]
fn a_cooldown_has_no_traffic() {
    holds(Rule::CooldownHasNoTraffic, 9, Options::default());
}

/// R2, R5: refreshes happen in their window only, and pause after a failure.
#[test]
fn refreshes_keep_to_their_window() {
    holds(Rule::RefreshInItsWindow, 10, Options::default());
}

/// R2, R6a, R8: generations, deadlines and failed refreshes are what the rules make of the script:
/// nothing displaces a token but a better one, a refusal of exactly that token, or an invalidation.
#[test]
fn status_tells_what_happened() {
    holds(Rule::StatusTells, 11, Options::default());
}

#[test]
fn a_chain_presents_tokens_that_are_usable() {
    holds(Rule::ChainPresentsUsableTokens, 12, Options::default());
}

/// R22.
#[test]
fn http_comes_only_after_a_tcp_failure() {
    holds(Rule::HttpOnlyAfterTcpFailure, 13, Options::default());
}

/// R12.
#[test]
fn nothing_secret_is_shown() {
    holds(Rule::NothingSecretIsShown, 14, Options { watches_secrets: true, ..Options::default() });
}

/// R7: that an attempt is forgiven is told only before the first token, and while there is time left.
#[test]
fn failures_are_forgiven_before_the_first_token() {
    holds(Rule::ForgivenBeforeTheFirstToken, 16, Options::default());
}

proptest! {
    #![proptest_config(config(15))]

    /// The same seed and script, the same bytes.
    #[test]
    fn runs_are_repeatable(script in scripts()) {
        let options = Options { keeps_log: true, ..Options::default() };
        let (once, again) = (play(&script, options).log, play(&script, options).log);
        prop_assert_eq!(once, again);
    }

    /// R3: a script without its noise has the same actions and events.
    #[test]
    fn noise_leaves_no_trace_later(script in scripts()) {
        let with = play(&script, Options { keeps_log: true, ..Options::default() }).log;
        let without = play(&script, Options { keeps_log: true, leaves_out_noise: true, ..Options::default() }).log;
        prop_assert_eq!(with, without);
    }
}
