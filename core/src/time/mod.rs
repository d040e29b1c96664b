//! Time as an argument. The core never reads a clock.

mod date;

pub(crate) use date::{days_in_month, parse_http_date, parse_rfc3339};

use std::time::Duration;

/// The two clocks, read together by the driver while it holds the machine's lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// A clock that never goes backwards and, where the system has one, runs on during suspend
    /// (`CLOCK_BOOTTIME`). Its origin does not matter.
    pub monotonic: Duration,
    /// Time since 1970-01-01T00:00:00Z. May jump either way.
    pub unix: Duration,
}

impl Now {
    /// Both clocks moved forward by `by`, saturating.
    #[must_use]
    pub const fn plus(self, by: Duration) -> Self {
        Self { monotonic: self.monotonic.saturating_add(by), unix: self.unix.saturating_add(by) }
    }

    /// The earlier of the two on each clock.
    #[must_use]
    pub fn or_earlier(self, other: Self) -> Self {
        Self { monotonic: self.monotonic.min(other.monotonic), unix: self.unix.min(other.unix) }
    }

    /// Whether neither clock has reached `deadline`.
    #[must_use]
    pub fn is_before(self, deadline: Self) -> bool {
        self.monotonic < deadline.monotonic && self.unix < deadline.unix
    }
}

/// The largest monotonic value seen: a driver's clock that steps back cannot move the machine back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clamp(Duration);

impl Clamp {
    pub(crate) fn clamp(&mut self, now: Now) -> Now {
        self.0 = self.0.max(now.monotonic);
        Now { monotonic: self.0, unix: now.unix }
    }
}

/// Whole milliseconds, rounded up: the first one at which an instant has come.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_must_be_before_the_deadline() {
        let deadline = Now { monotonic: Duration::from_secs(10), unix: Duration::from_secs(1000) };
        let at = |m, u| Now { monotonic: Duration::from_secs(m), unix: Duration::from_secs(u) };
        assert!(at(9, 999).is_before(deadline));
        assert!(!at(10, 0).is_before(deadline));
        assert!(!at(0, 1000).is_before(deadline));
    }

    #[test]
    fn the_clamp_never_goes_back() {
        let mut clamp = Clamp::default();
        let at = |m| Now { monotonic: Duration::from_secs(m), unix: Duration::ZERO };
        assert_eq!(clamp.clamp(at(5)).monotonic, Duration::from_secs(5));
        assert_eq!(clamp.clamp(at(3)).monotonic, Duration::from_secs(5));
        assert_eq!(clamp.clamp(at(6)).monotonic, Duration::from_secs(6));
    }

    #[test]
    fn dates_are_read_leniently() {
        assert_eq!(parse_rfc3339("1970-01-01T00:00:10.363Z"), Some(10));
        assert_eq!(parse_rfc3339("1970-01-01T01:00:10+01:00"), Some(10));
        assert_eq!(parse_rfc3339("2024-04-12T19:00+0000"), None);
        assert_eq!(parse_http_date("Thu, 01 Jan 1970 00:00:10 GMT"), Some(10));
        assert_eq!(parse_http_date("soon"), None);
    }
}
