//! Both clocks, and times that every language can hold.

use std::time::Duration;
use trusted_profile_core::Now as CoreNow;

/// The longest time that `java.time.Duration` holds. What never ends is that long.
const LONGEST: Duration = Duration::from_secs(i64::MAX.unsigned_abs());

/// Both clocks at one moment. What never comes has the largest values there are: 2^63 - 1 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Now {
    /// Of a clock that never goes backwards; its origin does not matter.
    pub monotonic: Duration,
    /// Since 1970.
    pub unix: Duration,
}

/// What the clocks of this machine say. The monotonic one runs on during suspend where there is one that does.
#[must_use]
#[uniffi::export]
pub fn read_clocks() -> Now {
    trusted_profile::now().into()
}

impl From<CoreNow> for Now {
    fn from(now: CoreNow) -> Self {
        Self { monotonic: bounded(now.monotonic), unix: bounded(now.unix) }
    }
}

impl From<Now> for CoreNow {
    fn from(now: Now) -> Self {
        Self { monotonic: now.monotonic, unix: now.unix }
    }
}

/// The given moment, or this one.
pub(crate) fn at(now: Option<Now>) -> CoreNow {
    now.map_or_else(trusted_profile::now, Into::into)
}

/// The time, cut to what every language can hold.
pub(crate) fn bounded(time: Duration) -> Duration {
    time.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_comes_is_the_longest_time() {
        let never = Now::from(CoreNow { monotonic: Duration::MAX, unix: Duration::MAX });
        assert_eq!((never.monotonic.as_secs(), never.unix.as_secs()), (9_223_372_036_854_775_807, 9_223_372_036_854_775_807));
        assert_eq!(never.monotonic.subsec_nanos(), 0);
        assert_eq!(Now::from(CoreNow::from(never)), never);
    }
}
