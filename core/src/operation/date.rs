//! The version date that the VPC services take with every call.

use crate::time::days_in_month;
use crate::wire::Invalid;
use std::fmt;

/// A calendar date, as the `version` query parameter wants it. Any real date is accepted (R13):
/// the service itself knows which it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiDate {
    year: u16,
    month: u8,
    day: u8,
}

impl ApiDate {
    /// Before every date a service has known.
    pub const MIN: Self = Self::new(1, 1, 1);

    /// A date known to be real.
    pub(crate) const fn new(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// `Invalid` names `argument` when `text` is not a real date of that form.
    pub fn parse(argument: &'static str, text: &str) -> Result<Self, Invalid> {
        Self::read(text).ok_or_else(|| Invalid::new(argument, text, "a date as YYYY-MM-DD"))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()))?;
            part.parse::<u16>().ok()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let date = Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? };
        (parts.next().is_none() && date.is_real()).then_some(date)
    }

    fn is_real(self) -> bool {
        self.year > 0 && self.day > 0 && u16::from(self.day) <= days_in_month(self.year, self.month.into())
    }
}

impl fmt::Display for ApiDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_dates_round_trip() {
        for text in ["2025-08-26", "2024-02-29", "2000-02-29", "0001-01-01", "2026-12-31", "2026-04-30"] {
            assert_eq!(ApiDate::parse("version", text).map(|d| d.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn all_else_is_refused() {
        for text in [
            "",
            "2025-8-26",
            "2025-08-32",
            "2025-13-01",
            "2025-00-01",
            "2025-01-00",
            "2023-02-29",
            "1900-02-29",
            "2026-04-31",
            "0000-01-01",
            "2025-08-26x",
            "2025-08-26-1",
            "2025/08/26",
            "+025-08-26",
            " 2025-08-26",
        ] {
            let error = ApiDate::parse("version", text).unwrap_err();
            assert_eq!((error.argument, error.given.as_str()), ("version", text));
        }
    }

    #[test]
    fn dates_are_ordered() {
        assert!(ApiDate::MIN < ApiDate::new(2022, 3, 1) && ApiDate::new(2025, 8, 25) < ApiDate::new(2025, 8, 26));
    }
}
