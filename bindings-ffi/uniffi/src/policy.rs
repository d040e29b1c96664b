//! Times, attempts and expectations.

use crate::error_class::TrustedProfileError;
use crate::numbers::{signed, unsigned};
use crate::time::bounded;
use std::time::Duration;
use trusted_profile_core::token;

/// How a provider behaves. What is not given keeps its default.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct Policy {
    /// Times for the metadata service: to connect 1 s, an attempt 3 s, a round 10 s.
    #[uniffi(default)]
    pub link_local: Option<Timeouts>,
    /// Times for IAM: to connect 5 s, an attempt 10 s, a round 30 s.
    #[uniffi(default)]
    pub remote: Option<Timeouts>,
    /// Attempts in a round, 1 to 100. Default 4.
    #[uniffi(default)]
    pub max_attempts: Option<i32>,
    /// The longest first pause between attempts; doubles. Default 0.2 s.
    #[uniffi(default)]
    pub backoff_base: Option<Duration>,
    /// The longest pause between attempts. Default 5 s.
    #[uniffi(default)]
    pub backoff_max: Option<Duration>,
    /// The most of a service's `Retry-After` that is obeyed. Default 30 s.
    #[uniffi(default)]
    pub retry_after_max: Option<Duration>,
    /// How long a failed round answers newcomers without traffic. Default 5 s.
    #[uniffi(default)]
    pub cooldown: Option<Duration>,
    /// The pause after a failed refresh; doubles. Default 10 s.
    #[uniffi(default)]
    pub refresh_backoff_base: Option<Duration>,
    /// The longest pause after failed refreshes. Default 5 min.
    #[uniffi(default)]
    pub refresh_backoff_max: Option<Duration>,
    /// The part of a token's life after which it is refreshed, at the latest; above 0, up to 0.95. Default 0.8.
    #[uniffi(default)]
    pub refresh_at: Option<f64>,
    /// How much earlier at most, as a part of its life, so that a fleet spreads out. Default 0.1.
    #[uniffi(default)]
    pub refresh_jitter: Option<f64>,
    /// The most that is kept clear of a token's end; never more than a tenth of its life. Default 10 s.
    #[uniffi(default)]
    pub margin_max: Option<Duration>,
    /// After a refused token was dropped: a second refusal within it drops the token below as well, and further ones
    /// change nothing. Default 10 s.
    #[uniffi(default)]
    pub invalidate_window: Option<Duration>,
    /// How long past its timeout an exchange may still be answered. Default 2 s.
    #[uniffi(default)]
    pub lease_grace: Option<Duration>,
    /// How long reading token files may take. Default 2 s.
    #[uniffi(default)]
    pub input_lease: Option<Duration>,
    /// How long a token file that was named may be empty. Default 2 s.
    #[uniffi(default)]
    pub empty_file_grace: Option<Duration>,
    /// How long https may take to connect while `protocol` is `auto`. Default 0.25 s.
    #[uniffi(default)]
    pub probe_connect_timeout: Option<Duration>,
    /// On first boot: until the first token, "not linked", "not eligible" and "unreachable" are tried again for so long;
    /// each attempt that only this forgives is an event `NotReady`. Default 0.
    #[uniffi(default)]
    pub wait_until_ready: Option<Duration>,
    /// From which difference of the clocks on it is reported. Default 60 s.
    #[uniffi(default)]
    pub skew_reported: Option<Duration>,
    /// The largest answer in bytes, 1 KiB to 64 MiB. Default 1 MiB.
    #[uniffi(default)]
    pub max_response_bytes: Option<i64>,
    /// The largest token file in bytes, 1 KiB to 64 MiB. Default 64 KiB.
    #[uniffi(default)]
    pub max_file_bytes: Option<i64>,
    /// Tokens of any other account are refused.
    #[uniffi(default)]
    pub expected_account_id: Option<String>,
    /// Tokens of any other trusted profile are refused.
    #[uniffi(default)]
    pub expected_profile_id: Option<String>,
}

/// Times of one kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Timeouts {
    /// To connect, TLS not included.
    pub connect: Duration,
    /// One attempt, to the last byte of its answer.
    pub attempt: Duration,
    /// All attempts of a round.
    pub round: Duration,
}

/// The policy that a JSON object describes, such as `{"wait_until_ready": 300000}`: names as in `docs/policy.md`, times in
/// milliseconds.
///
/// # Errors
/// `InvalidArgument` names the knob that is unknown or out of its range.
#[uniffi::export]
pub fn policy_from_json(text: &str) -> Result<Policy, TrustedProfileError> {
    Ok(token::Policy::from_json(text)?.into())
}

impl Policy {
    /// The knobs that are given, over the defaults. Their ranges are checked where they are used.
    pub(crate) fn into_core(self) -> Result<token::Policy, TrustedProfileError> {
        let mut policy = token::Policy::default();
        let count = |name: &str, number: Option<i64>, of: usize| number.map_or(Ok(of), |number| unsigned(name, number));
        policy.max_response_bytes = count("max_response_bytes", self.max_response_bytes, policy.max_response_bytes)?;
        policy.max_file_bytes = count("max_file_bytes", self.max_file_bytes, policy.max_file_bytes)?;
        if let Some(attempts) = self.max_attempts {
            policy.max_attempts = unsigned("max_attempts", i64::from(attempts))?;
        }
        let times = [
            (&mut policy.backoff_base, self.backoff_base),
            (&mut policy.backoff_max, self.backoff_max),
            (&mut policy.retry_after_max, self.retry_after_max),
            (&mut policy.cooldown, self.cooldown),
            (&mut policy.refresh_backoff_base, self.refresh_backoff_base),
            (&mut policy.refresh_backoff_max, self.refresh_backoff_max),
            (&mut policy.margin_max, self.margin_max),
            (&mut policy.invalidate_window, self.invalidate_window),
            (&mut policy.lease_grace, self.lease_grace),
            (&mut policy.input_lease, self.input_lease),
            (&mut policy.empty_file_grace, self.empty_file_grace),
            (&mut policy.probe_connect_timeout, self.probe_connect_timeout),
            (&mut policy.wait_until_ready, self.wait_until_ready),
            (&mut policy.skew_reported, self.skew_reported),
        ];
        for (knob, given) in times {
            *knob = given.unwrap_or(*knob);
        }
        policy.link_local = self.link_local.map_or(policy.link_local, Into::into);
        policy.remote = self.remote.map_or(policy.remote, Into::into);
        policy.refresh_at = self.refresh_at.unwrap_or(policy.refresh_at);
        policy.refresh_jitter = self.refresh_jitter.unwrap_or(policy.refresh_jitter);
        policy.expected_account_id = self.expected_account_id;
        policy.expected_profile_id = self.expected_profile_id;
        Ok(policy)
    }
}

impl From<token::Policy> for Policy {
    fn from(policy: token::Policy) -> Self {
        let time = |time: Duration| Some(bounded(time));
        Self {
            link_local: Some(policy.link_local.into()),
            remote: Some(policy.remote.into()),
            max_attempts: Some(i32::try_from(policy.max_attempts).unwrap_or(i32::MAX)),
            backoff_base: time(policy.backoff_base),
            backoff_max: time(policy.backoff_max),
            retry_after_max: time(policy.retry_after_max),
            cooldown: time(policy.cooldown),
            refresh_backoff_base: time(policy.refresh_backoff_base),
            refresh_backoff_max: time(policy.refresh_backoff_max),
            refresh_at: Some(policy.refresh_at),
            refresh_jitter: Some(policy.refresh_jitter),
            margin_max: time(policy.margin_max),
            invalidate_window: time(policy.invalidate_window),
            lease_grace: time(policy.lease_grace),
            input_lease: time(policy.input_lease),
            empty_file_grace: time(policy.empty_file_grace),
            probe_connect_timeout: time(policy.probe_connect_timeout),
            wait_until_ready: time(policy.wait_until_ready),
            skew_reported: time(policy.skew_reported),
            max_response_bytes: Some(signed(policy.max_response_bytes)),
            max_file_bytes: Some(signed(policy.max_file_bytes)),
            expected_account_id: policy.expected_account_id,
            expected_profile_id: policy.expected_profile_id,
        }
    }
}

impl From<token::Timeouts> for Timeouts {
    fn from(times: token::Timeouts) -> Self {
        Self { connect: times.connect, attempt: times.attempt, round: times.round }
    }
}

impl From<Timeouts> for token::Timeouts {
    fn from(times: Timeouts) -> Self {
        Self { connect: times.connect, attempt: times.attempt, round: times.round }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_knob_is_lost_between_the_two() {
        let whole = r#"{"link_local": {"connect": 1, "attempt": 2, "round": 3}, "remote": {"connect": 4, "attempt": 5, "round": 6},
            "max_attempts": 7, "backoff_base": 8, "backoff_max": 9, "retry_after_max": 10, "cooldown": 11, "refresh_backoff_base": 12,
            "refresh_backoff_max": 13, "refresh_at": 0.5, "refresh_jitter": 0.25, "margin_max": 14, "invalidate_window": 15,
            "lease_grace": 16, "input_lease": 17, "empty_file_grace": 18, "probe_connect_timeout": 19, "wait_until_ready": 20,
            "skew_reported": 21, "max_response_bytes": 2048, "max_file_bytes": 4096, "expected_account_id": "a",
            "expected_profile_id": "p"}"#;
        let policy = policy_from_json(whole).unwrap();
        assert_eq!(policy.into_core().unwrap(), token::Policy::from_json(whole).unwrap());
        assert_eq!(Policy::default().into_core().unwrap(), token::Policy::default());
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        for policy in [
            Policy { max_attempts: Some(-1), ..Policy::default() },
            Policy { max_response_bytes: Some(-1), ..Policy::default() },
            Policy { max_file_bytes: Some(-1), ..Policy::default() },
        ] {
            let refused = policy.into_core().unwrap_err();
            assert!(refused.failure().message.contains("expected a number from 0 on"), "{refused}");
        }
        assert!(policy_from_json(r#"{"surprise": 1}"#).is_err());
    }
}
