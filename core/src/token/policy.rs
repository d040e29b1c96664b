//! Every number the machine goes by.

use crate::error::Error;
use crate::wire::{Invalid, Member, Members, read_options};
use serde::de::DeserializeSeed as _;
use serde::{Deserialize, Deserializer};
use serde_json::Number;
use std::time::Duration;

/// The machine's knobs. [`Policy::default`] has the values of ARCHITECTURE.md, "Defaults". Read from JSON,
/// every time is in milliseconds and absent fields keep their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Times for the metadata service.
    pub link_local: Timeouts,
    /// Times for IAM, public or private.
    pub remote: Timeouts,
    /// Attempts in a round. Default 4.
    pub max_attempts: u32,
    /// The first backoff ceiling. Default 0.2 s, doubling.
    pub backoff_base: Duration,
    /// The largest backoff ceiling. Default 5 s.
    pub backoff_max: Duration,
    /// The most of a `Retry-After` that is obeyed. Default 30 s.
    pub retry_after_max: Duration,
    /// How long a failed round answers newcomers without traffic. Default 5 s.
    pub cooldown: Duration,
    /// The first wait after a failed refresh. Default 10 s, doubling.
    pub refresh_backoff_base: Duration,
    /// The longest wait after failed refreshes. Default 5 min.
    pub refresh_backoff_max: Duration,
    /// The part of a token's life after which it is refreshed, at the latest. Default 0.80.
    pub refresh_at: f64,
    /// How much earlier, at most, as a part of its life. Default 0.10.
    pub refresh_jitter: f64,
    /// The most that is kept clear of a token's end. Default 10 s; never more than a tenth of its life.
    pub margin_max: Duration,
    /// Invalidations count within this window. Default 10 s.
    pub invalidate_window: Duration,
    /// How long past its timeout an exchange may still be answered. Default 2 s.
    pub lease_grace: Duration,
    /// How long a driver may take to read token files. Default 2 s.
    pub input_lease: Duration,
    /// How long a configured token file may be empty, counted from the start of a round. Default 2 s.
    pub empty_file_grace: Duration,
    /// How long https may take to connect while `protocol` is `auto`. Default 0.25 s.
    pub probe_connect_timeout: Duration,
    /// Until the first success, "not linked", "not eligible" and "unreachable" are retried for this
    /// long: links and networks come up late on first boot. Each attempt that only this forgives is
    /// [`Event::NotReady`](super::Event::NotReady). Default 0.
    pub wait_until_ready: Duration,
    /// Clock skew from which it is reported. Default 60 s.
    pub skew_reported: Duration,
    /// The largest answer of a token or metadata request, in bytes. Default 1 MiB.
    pub max_response_bytes: usize,
    /// The largest token file, in bytes. Default 64 KiB.
    pub max_file_bytes: usize,
    /// Tokens of any other account are refused (claim `account.bss`).
    pub expected_account_id: Option<String>,
    /// Tokens of any other profile are refused (claim `iam_id`).
    pub expected_profile_id: Option<String>,
}

/// Times of one kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect, TLS not included.
    pub connect: Duration,
    /// One attempt, to the last byte of its answer.
    pub attempt: Duration,
    /// All attempts of a round.
    pub round: Duration,
}

impl Members for Policy {
    fn title(&self) -> &'static str {
        "struct Policy"
    }

    fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
        vec![
            ("link_local", Member::Object(&mut self.link_local)),
            ("remote", Member::Object(&mut self.remote)),
            ("max_attempts", Member::Count(&mut self.max_attempts)),
            ("backoff_base", Member::Millis(&mut self.backoff_base)),
            ("backoff_max", Member::Millis(&mut self.backoff_max)),
            ("retry_after_max", Member::Millis(&mut self.retry_after_max)),
            ("cooldown", Member::Millis(&mut self.cooldown)),
            ("refresh_backoff_base", Member::Millis(&mut self.refresh_backoff_base)),
            ("refresh_backoff_max", Member::Millis(&mut self.refresh_backoff_max)),
            ("refresh_at", Member::Part(&mut self.refresh_at)),
            ("refresh_jitter", Member::Part(&mut self.refresh_jitter)),
            ("margin_max", Member::Millis(&mut self.margin_max)),
            ("invalidate_window", Member::Millis(&mut self.invalidate_window)),
            ("lease_grace", Member::Millis(&mut self.lease_grace)),
            ("input_lease", Member::Millis(&mut self.input_lease)),
            ("empty_file_grace", Member::Millis(&mut self.empty_file_grace)),
            ("probe_connect_timeout", Member::Millis(&mut self.probe_connect_timeout)),
            ("wait_until_ready", Member::Millis(&mut self.wait_until_ready)),
            ("skew_reported", Member::Millis(&mut self.skew_reported)),
            ("max_response_bytes", Member::Bytes(&mut self.max_response_bytes)),
            ("max_file_bytes", Member::Bytes(&mut self.max_file_bytes)),
            ("expected_account_id", Member::MaybeText(&mut self.expected_account_id)),
            ("expected_profile_id", Member::MaybeText(&mut self.expected_profile_id)),
        ]
    }
}

impl Members for Timeouts {
    fn title(&self) -> &'static str {
        "struct Timeouts"
    }

    fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
        vec![
            ("connect", Member::Millis(&mut self.connect)),
            ("attempt", Member::Millis(&mut self.attempt)),
            ("round", Member::Millis(&mut self.round)),
        ]
    }

    fn are_all_required(&self) -> bool {
        true
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut policy = Self::default();
        Member::Object(&mut policy).deserialize(deserializer)?;
        Ok(policy)
    }
}

impl<'de> Deserialize<'de> for Timeouts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut timeouts = Self { connect: Duration::ZERO, attempt: Duration::ZERO, round: Duration::ZERO };
        Member::Object(&mut timeouts).deserialize(deserializer)?;
        Ok(timeouts)
    }
}

impl Default for Policy {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            link_local: Timeouts { connect: seconds(1), attempt: seconds(3), round: seconds(10) },
            remote: Timeouts { connect: seconds(5), attempt: seconds(10), round: seconds(30) },
            max_attempts: 4,
            backoff_base: Duration::from_millis(200),
            backoff_max: seconds(5),
            retry_after_max: seconds(30),
            cooldown: seconds(5),
            refresh_backoff_base: seconds(10),
            refresh_backoff_max: seconds(300),
            refresh_at: 0.80,
            refresh_jitter: 0.10,
            margin_max: seconds(10),
            invalidate_window: seconds(10),
            lease_grace: seconds(2),
            input_lease: seconds(2),
            empty_file_grace: seconds(2),
            probe_connect_timeout: Duration::from_millis(250),
            wait_until_ready: Duration::ZERO,
            skew_reported: seconds(60),
            max_response_bytes: 1 << 20,
            max_file_bytes: 64 << 10,
            expected_account_id: None,
            expected_profile_id: None,
        }
    }
}

const DAY: Duration = Duration::from_secs(86_400);

impl Policy {
    /// Reads a JSON object of knobs; times are in milliseconds, and absent knobs keep their defaults.
    ///
    /// # Errors
    /// `InvalidArgument` when it is not such an object, or a knob is out of its range.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let read: Result<Self, Invalid> = read_options(text).map_err(|e| Invalid::new("policy", e, "an object of knobs by their names"));
        let policy = read?;
        policy.validate()?;
        Ok(policy)
    }

    /// Whether the knob `name`, also one of [`Timeouts`], is a time: for languages that count in seconds.
    #[must_use]
    pub fn is_time(name: &str) -> bool {
        const OTHERS: [&str; 7] = [
            "max_attempts",
            "refresh_at",
            "refresh_jitter",
            "max_response_bytes",
            "max_file_bytes",
            "expected_account_id",
            "expected_profile_id",
        ];
        !OTHERS.contains(&name)
    }

    /// Checks every knob.
    ///
    /// # Errors
    /// `Invalid` names the first knob that is out of its range.
    pub fn validate(&self) -> Result<(), Invalid> {
        let positive = [
            ("backoff_base", self.backoff_base),
            ("backoff_max", self.backoff_max),
            ("refresh_backoff_base", self.refresh_backoff_base),
            ("refresh_backoff_max", self.refresh_backoff_max),
            ("lease_grace", self.lease_grace),
            ("input_lease", self.input_lease),
            ("probe_connect_timeout", self.probe_connect_timeout),
        ];
        let any = [
            ("retry_after_max", self.retry_after_max),
            ("cooldown", self.cooldown),
            ("margin_max", self.margin_max),
            ("invalidate_window", self.invalidate_window),
            ("empty_file_grace", self.empty_file_grace),
            ("wait_until_ready", self.wait_until_ready),
            ("skew_reported", self.skew_reported),
        ];
        for (name, value) in positive {
            range(name, value, Duration::from_millis(1), "1 ms to 24 h")?;
        }
        for (name, value) in any {
            range(name, value, Duration::ZERO, "0 to 24 h")?;
        }
        self.link_local.validate(["link_local.connect", "link_local.attempt", "link_local.round"])?;
        self.remote.validate(["remote.connect", "remote.attempt", "remote.round"])?;
        self.validate_numbers()
    }

    fn validate_numbers(&self) -> Result<(), Invalid> {
        if !(1..=100).contains(&self.max_attempts) {
            return Err(Invalid::new("max_attempts", self.max_attempts.to_string(), "1 to 100"));
        }
        if !(self.refresh_at > 0.0 && self.refresh_at <= 0.95) {
            return Err(Invalid::new("refresh_at", part(self.refresh_at), "a part of the token's life above 0 and up to 0.95"));
        }
        if !(self.refresh_jitter >= 0.0 && self.refresh_jitter < self.refresh_at) {
            return Err(Invalid::new("refresh_jitter", part(self.refresh_jitter), "a part of the token's life from 0 to below refresh_at"));
        }
        for (name, bytes) in [("max_response_bytes", self.max_response_bytes), ("max_file_bytes", self.max_file_bytes)] {
            if !(1024..=64 << 20).contains(&bytes) {
                return Err(Invalid::new(name, bytes.to_string(), "1 KiB to 64 MiB"));
            }
        }
        for (name, id) in [("expected_account_id", &self.expected_account_id), ("expected_profile_id", &self.expected_profile_id)] {
            if id.as_ref().is_some_and(|id| id.is_empty() || !id.bytes().all(|b| b.is_ascii_graphic())) {
                return Err(Invalid::new(name, id.clone().unwrap_or_default(), "an id without blanks"));
            }
        }
        Ok(())
    }
}

impl Timeouts {
    fn validate(&self, names: [&'static str; 3]) -> Result<(), Invalid> {
        let [connect, attempt, round] = names;
        range(connect, self.connect, Duration::from_millis(1), "1 ms to 24 h")?;
        range(attempt, self.attempt, self.connect, "at least connect, and at most 24 h")?;
        range(round, self.round, self.attempt, "at least attempt, and at most 24 h")
    }
}

fn range(name: &'static str, value: Duration, least: Duration, expected: &'static str) -> Result<(), Invalid> {
    if value < least || value > DAY {
        return Err(Invalid::new(name, milliseconds(value), expected));
    }
    Ok(())
}

/// The time in milliseconds, of which there may be more than a `u64` holds.
fn milliseconds(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (0, millis) => format!("{millis} ms"),
        (seconds, millis) => format!("{seconds}{millis:03} ms"),
    }
}

/// `number` as `f64` shows it. Its own `Display` is many times larger than serde_json's, which serves here.
fn part(number: f64) -> String {
    let Some(json) = Number::from_f64(number) else {
        return if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    };
    let text = json.to_string();
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = if fraction == "0" { "" } else { fraction };
    let zeros = |exponent: i64| "0".repeat(usize::try_from(exponent.unsigned_abs()).unwrap_or_default());
    match exponent.parse::<i64>().unwrap_or_default() {
        0 if fraction.is_empty() => [sign, whole].concat(),
        0 => [sign, whole, ".", fraction].concat(),
        more @ 1.. => [sign, whole, fraction, zeros(more).get(fraction.len()..).unwrap_or_default()].concat(),
        less => [sign, "0.", zeros(less).get(1..).unwrap_or_default(), whole, fraction].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Policy)) -> &'static str {
        let mut policy = Policy::default();
        change(&mut policy);
        policy.validate().unwrap_err().argument
    }

    #[test]
    fn numbers_are_shown_as_rust_shows_them() {
        let numbers = [0.0, -0.0, 0.1, 1.0, 0.96, -12.5, 1e15, 1e16, -1.5e16, 1.7976931348623157e308, 1e-4, 9.9e-5, -1.2e-6, 5e-324];
        for number in numbers.into_iter().chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
            assert_eq!(part(number), number.to_string());
        }
        for time in [0, 1, 999, 1000, 1001, 86_400_001].map(Duration::from_millis).into_iter().chain([Duration::MAX]) {
            assert_eq!(milliseconds(time), format!("{} ms", time.as_millis()));
        }
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Policy::default().validate(), Ok(()));
        assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
    }

    #[test]
    fn every_knob_is_checked() {
        let zero = Duration::ZERO;
        let long = DAY + Duration::from_millis(1);
        assert_eq!(refused(|p| p.backoff_base = zero), "backoff_base");
        assert_eq!(refused(|p| p.backoff_max = long), "backoff_max");
        assert_eq!(refused(|p| p.refresh_backoff_base = zero), "refresh_backoff_base");
        assert_eq!(refused(|p| p.refresh_backoff_max = zero), "refresh_backoff_max");
        assert_eq!(refused(|p| p.lease_grace = zero), "lease_grace");
        assert_eq!(refused(|p| p.input_lease = zero), "input_lease");
        assert_eq!(refused(|p| p.probe_connect_timeout = zero), "probe_connect_timeout");
        assert_eq!(refused(|p| p.cooldown = long), "cooldown");
        assert_eq!(refused(|p| p.link_local.connect = zero), "link_local.connect");
        assert_eq!(refused(|p| p.link_local.attempt = Duration::from_millis(999)), "link_local.attempt");
        assert_eq!(refused(|p| p.remote.round = Duration::from_secs(9)), "remote.round");
        assert_eq!(refused(|p| p.max_attempts = 0), "max_attempts");
        assert_eq!(refused(|p| p.max_attempts = 101), "max_attempts");
        assert_eq!(refused(|p| p.refresh_at = 0.0), "refresh_at");
        assert_eq!(refused(|p| p.refresh_at = f64::NAN), "refresh_at");
        assert_eq!(refused(|p| p.refresh_at = 0.96), "refresh_at");
        assert_eq!(refused(|p| p.refresh_jitter = 0.8), "refresh_jitter");
        assert_eq!(refused(|p| p.refresh_jitter = -0.1), "refresh_jitter");
        assert_eq!(refused(|p| p.max_response_bytes = 1023), "max_response_bytes");
        assert_eq!(refused(|p| p.max_file_bytes = (64 << 20) + 1), "max_file_bytes");
        assert_eq!(refused(|p| p.expected_account_id = Some(String::new())), "expected_account_id");
        assert_eq!(refused(|p| p.expected_profile_id = Some("a b".into())), "expected_profile_id");
    }

    #[test]
    fn json_is_in_milliseconds_and_closed() {
        let policy: Policy = serde_json::from_str(r#"{"cooldown":100,"remote":{"connect":1,"attempt":2,"round":3}}"#).unwrap();
        assert_eq!((policy.cooldown, policy.remote.round), (Duration::from_millis(100), Duration::from_millis(3)));
        assert!(serde_json::from_str::<Policy>(r#"{"cool_down":100}"#).is_err());
        assert_eq!(Policy::from_json(r#"{"cooldown":100}"#).unwrap().cooldown, Duration::from_millis(100));
        assert!(Policy::from_json(r#"{"cool_down":100}"#).unwrap_err().message().starts_with("policy: "));
        assert!(Policy::from_json(r#"{"max_attempts":0}"#).unwrap_err().message().starts_with("max_attempts: "));
    }

    #[test]
    fn times_are_the_knobs_that_are_read_in_milliseconds() {
        // A time takes no fraction and no text; every other knob takes one of the two.
        let takes = |name: &str, value: &str| serde_json::from_str::<Policy>(&format!(r#"{{"{name}":{value}}}"#)).is_ok();
        for name in ["backoff_base", "cooldown", "margin_max", "wait_until_ready", "skew_reported"] {
            assert!(Policy::is_time(name) && takes(name, "1500") && !takes(name, "1.5"), "{name}");
        }
        for (name, value) in
            [("refresh_at", "0.5"), ("refresh_jitter", "0.05"), ("expected_account_id", "\"a\""), ("expected_profile_id", "\"a\"")]
        {
            assert!(!Policy::is_time(name) && takes(name, value), "{name}");
        }
        assert!(!["max_attempts", "max_response_bytes", "max_file_bytes"].into_iter().any(Policy::is_time));
        assert!(["connect", "attempt", "round"].into_iter().all(Policy::is_time));
    }
}
