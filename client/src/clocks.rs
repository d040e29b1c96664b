//! The two clocks of the machine, read together.

use std::time::Duration;
use trusted_profile_core::Now;

/// Both clocks, as the times of a token count them.
///
/// ```
/// # fn example(token: &trusted_profile::AccessToken) -> bool {
/// trusted_profile::now().is_before(token.usable_until())
/// # }
/// ```
// The client's drivers read it while they hold the machine's lock, so that time does not go backwards between two callers.
#[must_use]
pub fn now() -> Now {
    Now { monotonic: monotonic(), unix: unix() }
}

/// As of the last tick of the kernel, milliseconds ago at most: an exact reading takes longer than all else that a cached
/// token costs.
#[cfg(target_os = "linux")]
fn unix() -> Duration {
    duration(rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse))
}

#[cfg(not(target_os = "linux"))]
fn unix() -> Duration {
    use std::time::SystemTime;
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Runs on during suspend, unlike `Instant`: a laptop that slept must not trust an old token.
#[cfg(target_os = "linux")]
fn monotonic() -> Duration {
    duration(rustix::time::clock_gettime(rustix::time::ClockId::Boottime))
}

#[cfg(target_os = "linux")]
fn duration(time: rustix::time::Timespec) -> Duration {
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanoseconds)
}

#[cfg(not(target_os = "linux"))]
fn monotonic() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    // An origin, not a setting: the machine only ever compares.
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
