//! Both clocks of a driver, and the largest monotonic time the machine was shown.

use std::time::Duration;
use trusted_profile_core::Now;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    monotonic: Duration,
    unix: Duration,
    seen: Duration,
}

impl Default for Clocks {
    fn default() -> Self {
        Self { monotonic: Duration::from_secs(5_000), unix: Duration::from_secs(1_790_000_000), seen: Duration::ZERO }
    }
}

impl Clocks {
    /// What the driver reads.
    pub(crate) fn read(&mut self) -> Now {
        self.seen = self.seen.max(self.monotonic);
        Now { monotonic: self.monotonic, unix: self.unix }
    }

    /// What the machine must take it for (R10): its monotonic time never goes back.
    pub(crate) fn clamped(&self) -> Now {
        Now { monotonic: self.seen.max(self.monotonic), unix: self.unix }
    }

    pub(crate) fn pass(&mut self, by: Duration) {
        self.monotonic = self.monotonic.saturating_add(by);
        self.unix = self.unix.saturating_add(by);
    }

    /// As `pass`, from the time the machine knows: a monotonic clock that had stepped back is right again.
    pub(crate) fn wait(&mut self, by: Duration) {
        self.monotonic = self.seen.max(self.monotonic);
        self.pass(by);
    }

    pub(crate) fn set_unix(&mut self, by: i64) {
        let step = Duration::from_secs(by.unsigned_abs());
        self.unix = if by < 0 { self.unix.saturating_sub(step) } else { self.unix.saturating_add(step) };
    }

    pub(crate) fn step_back(&mut self, by: Duration) {
        self.monotonic = self.monotonic.saturating_sub(by);
    }
}
