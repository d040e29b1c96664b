//! Both clocks as Python sees them.

use pyo3::prelude::*;
use std::time::Duration;

/// Both clocks at one moment, in nanoseconds: `monotonic_ns` of a clock that never goes backwards and whose
/// origin does not matter, `unix_ns` since 1970.
#[pyclass(frozen, eq, hash, get_all, from_py_object, module = "trusted_profile.sansio")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Now {
    monotonic_ns: u64,
    unix_ns: u64,
}

#[pymethods]
impl Now {
    #[new]
    #[pyo3(signature = (monotonic_ns, unix_ns))]
    const fn new(monotonic_ns: u64, unix_ns: u64) -> Self {
        Self { monotonic_ns, unix_ns }
    }

    /// What the clocks of this machine say. The monotonic one runs on during suspend where there is one that does.
    #[staticmethod]
    fn current() -> Self {
        trusted_profile::now().into()
    }

    #[classattr]
    const fn __match_args__() -> (&'static str, &'static str) {
        ("monotonic_ns", "unix_ns")
    }

    fn __repr__(&self) -> String {
        format!("Now(monotonic_ns={}, unix_ns={})", self.monotonic_ns, self.unix_ns)
    }
}

impl From<trusted_profile_core::Now> for Now {
    fn from(now: trusted_profile_core::Now) -> Self {
        Self { monotonic_ns: nanoseconds(now.monotonic), unix_ns: nanoseconds(now.unix) }
    }
}

impl From<Now> for trusted_profile_core::Now {
    fn from(now: Now) -> Self {
        Self { monotonic: Duration::from_nanos(now.monotonic_ns), unix: Duration::from_nanos(now.unix_ns) }
    }
}

/// The given moment, or this one.
pub(crate) fn at(now: Option<Now>) -> trusted_profile_core::Now {
    now.map_or_else(trusted_profile::now, Into::into)
}

/// The largest number for what has no end.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
