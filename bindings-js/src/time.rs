//! Milliseconds of JavaScript, and back.

use std::time::Duration;
use trusted_profile_core::Now;

/// Both clocks, in milliseconds: `performance.now()` and `Date.now()`.
pub(crate) fn now(monotonic: f64, unix: f64) -> Now {
    Now { monotonic: duration(monotonic), unix: duration(unix) }
}

/// What is less than nothing, or no number, is nothing. The whole milliseconds are exact: a number of JavaScript
/// cannot hold the nanoseconds since 1970.
pub(crate) fn duration(milliseconds: f64) -> Duration {
    // Conversions of this kind saturate.
    let nanoseconds = (milliseconds.fract() * 1e6) as u64;
    Duration::from_millis(milliseconds as u64).saturating_add(Duration::from_nanos(nanoseconds))
}

/// Whole milliseconds, rounded up: the first one at which an instant has come, or a time has passed.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
