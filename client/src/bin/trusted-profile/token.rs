//! A token as commands pass it on, whether it was fetched or cached.

use crate::exit::{Exit, Failure};
use clap::ValueEnum;
use serde::Serialize;
use std::time::Duration;
use trusted_profile::{AccessToken, Now, Secret};

/// A usable token and its times.
pub(crate) struct Token {
    pub(crate) text: Secret,
    /// The end of its life, without any margin.
    pub(crate) expires_at: Now,
    /// Better replaced once either clock has reached this.
    pub(crate) refresh_at: Now,
    /// Not to be handed out once either clock has reached this.
    pub(crate) usable_until: Now,
    /// Whether it was kept by an earlier run.
    pub(crate) is_cached: bool,
}

impl From<&AccessToken> for Token {
    fn from(token: &AccessToken) -> Self {
        Self {
            text: Secret::new(token.expose()),
            expires_at: token.expires_at(),
            refresh_at: token.refresh_at(),
            usable_until: token.usable_until(),
            is_cached: false,
        }
    }
}

/// How a token is written down.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// The token alone, without a line break
    Token,
    /// The line `Authorization: Bearer ...`
    Header,
    /// A JSON object with the token, its times and its source
    Json,
}

/// The members and their meaning are those of an IAM token answer, where IAM has them.
#[derive(Serialize)]
struct Answer<'a> {
    access_token: &'a str,
    token_type: &'static str,
    /// Seconds left, if the end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<u64>,
    source: &'a str,
    cached: bool,
}

impl Format {
    /// The text of `token` in this format.
    pub(crate) fn show(self, token: &Token, source: &str) -> Result<Secret, Failure> {
        Ok(match self {
            Self::Token => token.text.clone(),
            Self::Header => Secret::new(["Authorization: Bearer ", token.text.expose(), "\n"].concat()),
            Self::Json => {
                let answer = Answer {
                    access_token: token.text.expose(),
                    token_type: "Bearer",
                    expires_in: token.has_end().then(|| token.time_left().as_secs()),
                    expiration: token.has_end().then_some(token.expires_at.unix.as_secs()),
                    source,
                    cached: token.is_cached,
                };
                let json = serde_json::to_string(&answer).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
                Secret::new([&json, "\n"].concat())
            }
        })
    }
}

impl Token {
    /// Nobody knows the end of a token that was simply given.
    const fn has_end(&self) -> bool {
        self.expires_at.unix.as_secs() < u64::MAX
    }

    /// How long the token lives from now on, by the clock that says less.
    fn time_left(&self) -> Duration {
        let (now, end) = (trusted_profile::now(), self.expires_at);
        end.unix.saturating_sub(now.unix).min(end.monotonic.saturating_sub(now.monotonic))
    }
}
