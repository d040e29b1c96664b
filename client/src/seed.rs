//! A seed for the jitter that differs between processes, threads and children.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use trusted_profile_core::Now;

/// Not secret: it only spreads load.
pub(crate) fn seed(now: Now) -> u64 {
    // The standard library's keys come from the system; process and time tell a forked child apart.
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u128(now.monotonic.as_nanos());
    hasher.finish()
}
