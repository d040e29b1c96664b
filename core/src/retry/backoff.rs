//! How long to wait before the next attempt.

use crate::random::Random;
use crate::time::parse_http_date;
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use std::time::Duration;

/// Exponential growth from `base` by factors of two, up to `max`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub base: Duration,
    pub max: Duration,
}

impl Backoff {
    /// The upper bound after `failures` failures in a row (counted from one).
    pub(crate) fn ceiling(self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.max)
    }

    /// Full jitter: anything between zero and the ceiling, so that a fleet spreads out.
    pub(crate) fn jittered(self, failures: u32, random: &mut Random) -> Duration {
        random.up_to(self.ceiling(failures))
    }
}

/// What `Retry-After` asks for: seconds, or a date relative to the answer's own `Date` (RFC 9110,
/// section 10.2.3), so that this machine's clock does not matter.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = parse_http_date(text)?;
    let date = parse_http_date(headers.get(DATE)?.to_str().ok()?)?;
    Some(Duration::from_secs(u64::try_from(at.saturating_sub(date)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { base: Duration::from_millis(200), max: Duration::from_secs(5) };

    #[test]
    fn the_ceiling_doubles_up_to_its_maximum() {
        let ceilings: Vec<u64> = (1..=7).map(|n| u64::try_from(BACKOFF.ceiling(n).as_millis()).unwrap()).collect();
        assert_eq!(ceilings, [200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(BACKOFF.ceiling(0), Duration::from_millis(200));
        assert_eq!(BACKOFF.ceiling(u32::MAX), BACKOFF.max);
    }

    #[test]
    fn jitter_is_full_and_below_the_ceiling() {
        let mut random = Random::new(1);
        let waits: Vec<Duration> = (0..1000).map(|_| BACKOFF.jittered(2, &mut random)).collect();
        assert!(waits.iter().all(|w| *w < Duration::from_millis(400)));
        assert!(waits.iter().any(|w| *w < Duration::from_millis(40)) && waits.iter().any(|w| *w > Duration::from_millis(360)));
    }

    fn headers(retry: &str, date: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        headers
    }

    #[test]
    fn retry_after_in_both_spellings() {
        let date = Some("Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(retry_after(&headers("2", None)), Some(Duration::from_secs(2)));
        assert_eq!(retry_after(&headers("Thu, 01 Jan 2026 00:00:07 GMT", date)), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers("Wed, 31 Dec 2025 00:00:07 GMT", date)), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("Thu, 01 Jan 2026 00:00:07 GMT", None)), None);
        assert_eq!(retry_after(&headers("-1", None)), None);
        assert_eq!(retry_after(&headers("99999999999999999999999", None)), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
