//! Scenarios: what a program sees while the services misbehave.
//!
//! A scenario is a JSON file (`schema.json`) that every language runs through its own public API and
//! its own transport, against a simulator of its own. This crate reads the files and runs them
//! through the Rust client, in both manners.

mod asynchronous;
mod blocking;
mod corpus;
mod run;
mod script;
mod setting;

pub use asynchronous::Asynchronous;
pub use blocking::Blocking;
pub use corpus::{File, corpus, for_each};
pub use run::run;
pub use script::{Call, Expected, Scenario, Step};

use trusted_profile::{Builder, Event};

/// A manner of using the client.
pub trait Driver {
    /// Its name, for messages.
    const NAME: &'static str;

    /// A provider of this manner.
    ///
    /// # Errors
    /// What the builder refuses.
    fn open(builder: Builder) -> Result<Self, Failure>
    where
        Self: Sized;

    /// Lets all callers of `call` ask at once; `is_time_to_cancel` turns true when those that give up
    /// have to.
    fn call(&self, call: &Call, is_time_to_cancel: &(dyn Fn() -> bool + Sync)) -> Vec<Answer>;

    /// Tells the provider that a token was refused.
    fn invalidate(&self, token: &Token);

    /// How many refreshes of the last slot failed in a row.
    fn failed_refreshes(&self) -> u32;
}

/// A token as the client gives it out.
pub type Token = trusted_profile::AccessToken;

/// What one caller got.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A token.
    Token(Token),
    /// An error.
    Error(trusted_profile::Error),
    /// It gave up itself.
    Cancelled,
}

/// Why a scenario does not hold.
pub type Failure = String;

/// The name of an event, as scenarios spell it.
#[must_use]
pub const fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Fetched { .. } => "fetched",
        Event::Refreshed { .. } => "refreshed",
        Event::RefreshFailed { .. } => "refresh_failed",
        Event::NotReady { .. } => "not_ready",
        Event::Failed { .. } => "failed",
        Event::Invalidated { .. } => "invalidated",
        Event::ClockSkew { .. } => "clock_skew",
        _ => "other",
    }
}
