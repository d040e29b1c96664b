//! The services' clocks: the machine's, moved by as many seconds as a test wants.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment as one service sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    milliseconds: i64,
}

impl Moment {
    pub(crate) fn now(skew_seconds: i64) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let milliseconds = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Self { milliseconds }.plus_seconds(skew_seconds)
    }

    pub(crate) fn milliseconds(self) -> i64 {
        self.milliseconds
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self { milliseconds: self.milliseconds.saturating_add(seconds.saturating_mul(1000)) }
    }

    /// Seconds since 1970, rounded down as the services do for `iat` and `exp`.
    pub(crate) fn unix(self) -> i64 {
        self.milliseconds.div_euclid(1000)
    }

    /// `2026-07-01T10:00:00.120Z`, the form of `created_at` and `expires_at`.
    pub(crate) fn rfc3339(self) -> String {
        self.calendar().format(&Rfc3339).unwrap_or_default()
    }

    /// `Wed, 01 Jul 2026 10:00:00 GMT`, the form of the `Date` header.
    pub(crate) fn http_date(self) -> String {
        let seconds = u64::try_from(self.unix()).unwrap_or(0);
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    /// `2026-07-01`, the form of the `version` parameter.
    pub(crate) fn date(self) -> String {
        let day = self.calendar().date();
        format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
    }

    /// `01.07.2026 10:00:00:120 UTC`, the form of the IAM error context.
    pub(crate) fn iam_context(self) -> String {
        let at = self.calendar();
        format!(
            "{:02}.{:02}.{:04} {:02}:{:02}:{:02}:{:03} UTC",
            at.day(),
            u8::from(at.month()),
            at.year(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }

    pub(crate) fn calendar(self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.milliseconds).saturating_mul(1_000_000);
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}
