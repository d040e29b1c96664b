//! The two spellings of time on the wire, as seconds since 1970.

/// A moment as somebody wrote it. A month that was written as a name is in `name`.
#[derive(Default)]
struct Written {
    year: u16,
    month: u16,
    name: Vec<u8>,
    day: u16,
    hour: u16,
    minute: u16,
    second: u16,
}

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// An RFC 3339 time, with any one byte between date and time (section 5.6). `None` for anything else: a date never
/// fails a token.
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    let mut written = Written::default();
    let rest = written.read("yyyy-oo-dd", text.as_bytes())?;
    let rest = written.read("hh:mm:ss", rest.get(1..)?)?;
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            fraction.get(digits..).filter(|_| digits > 0)?
        }
        None => rest,
    };
    let is_leap_second = written.second == 60;
    written.second -= u16::from(is_leap_second);
    let seconds = written.seconds()? - offset(rest)?;
    // Only the last second of a month, in UTC, can have another one after it.
    let this_month = days_before(written.year, written.month) * DAY;
    let next_month = this_month + i64::from(days_in_month(written.year, written.month)) * DAY;
    (!is_leap_second || [this_month, next_month].contains(&(seconds + 1))).then_some(seconds)
}

/// `Z`, or hours and minutes ahead of or behind UTC, as seconds.
fn offset(text: &[u8]) -> Option<i64> {
    if text.eq_ignore_ascii_case(b"Z") {
        return Some(0);
    }
    let (sign, rest) = text.split_first()?;
    let mut written = Written::default();
    let is_whole = written.read("hh:mm", rest)?.is_empty() && written.hour < 24 && written.minute < 60;
    let seconds = i64::from(written.hour) * 3600 + i64::from(written.minute) * 60;
    match sign {
        b'+' if is_whole => Some(seconds),
        b'-' if is_whole => Some(-seconds),
        _ => None,
    }
}

/// An HTTP date in one of its three forms (RFC 9110, section 5.6.7). The day of the week has to be the right one.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    let mut written = Written::default();
    let (weekday, rest) = match text.split_once(", ") {
        Some((weekday, rest)) if weekday.len() == 3 => (weekday, written.read("dd nnn yyyy hh:mm:ss GMT", rest.as_bytes())?),
        Some((weekday, rest)) => {
            let rest = written.read("dd-nnn-yy hh:mm:ss GMT", rest.as_bytes())?;
            written.year += if written.year < 70 { 2000 } else { 1900 };
            (weekday, rest)
        }
        None => {
            let (weekday, rest) = text.split_once(' ').filter(|(weekday, _)| weekday.len() == 3)?;
            (weekday, written.read("nnn _d hh:mm:ss yyyy", rest.as_bytes())?)
        }
    };
    written.month = (1..).zip(MONTHS).find(|(_, name)| *name == written.name).map(|(month, _)| month)?;
    let seconds = written.seconds().filter(|_| rest.is_empty() && written.year >= 1970)?;
    // 1970 began on a Thursday.
    let right = WEEKDAYS.get(usize::try_from((seconds / DAY + 3) % 7).ok()?)?;
    (*right == weekday || right.get(..3) == Some(weekday)).then_some(seconds)
}

impl Written {
    /// Reads the start of `text` by `form` and gives back what follows. In a form `y`, `o`, `d`, `h`, `m` and `s` stand
    /// for a digit, `n` for a letter of the month's name, `_` for a blank or a digit of the day, all else for itself.
    fn read<'t>(&mut self, form: &str, text: &'t [u8]) -> Option<&'t [u8]> {
        let (read, rest) = text.split_at_checked(form.len())?;
        for (kind, byte) in form.bytes().zip(read) {
            let place = match kind {
                b'y' => &mut self.year,
                b'o' => &mut self.month,
                b'_' if *byte == b' ' => continue,
                b'd' | b'_' => &mut self.day,
                b'h' => &mut self.hour,
                b'm' => &mut self.minute,
                b's' => &mut self.second,
                b'n' => {
                    self.name.push(*byte);
                    continue;
                }
                _ if kind == *byte => continue,
                _ => return None,
            };
            *place = *place * 10 + u16::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        }
        Some(rest)
    }

    fn seconds(&self) -> Option<i64> {
        let is_day = self.day > 0 && self.day <= days_in_month(self.year, self.month);
        let is_real = is_day && self.hour < 24 && self.minute < 60 && self.second < 60;
        let days = days_before(self.year, self.month) + i64::from(self.day) - 1;
        is_real.then(|| days * DAY + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second))
    }
}

/// How many days a month has; none if there is no such month.
pub(crate) const fn days_in_month(year: u16, month: u16) -> u16 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// The days from 1970 to the first of a month.
fn days_before(year: u16, month: u16) -> i64 {
    let last = i64::from(year) - 1;
    let leap_days = last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400);
    let this_year: i64 = (1..month.min(13)).map(|month| i64::from(days_in_month(year, month))).sum();
    // 719162 days lead from the first day of the year 1 to 1970.
    last * 365 + leap_days + this_year - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    /// What the crates for it say.
    fn agrees(text: &str) {
        let rfc3339 = OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
        assert_eq!(parse_rfc3339(text), rfc3339, "{text}");
        let http = httpdate::parse_http_date(text).ok().map(|at| at.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs());
        // `httpdate` does not look at the blank between date and time of the second form.
        let http = http.filter(|_| text.trim().matches(' ').count() >= 3);
        assert_eq!(parse_http_date(text), http.map(|seconds| i64::try_from(seconds).unwrap()), "{text}");
    }

    #[test]
    fn dates_are_what_the_crates_for_them_say() {
        let seeds = [
            "2026-07-01T10:00:00.120Z",
            "1970-01-01T01:00:10+01:00",
            "2016-12-31T23:59:60Z",
            "2017-01-01T05:29:60.5+05:30",
            "2016-02-29t18:59:60-05:00",
            "0000-01-01 00:00:00z",
            "9999-12-31T23:59:59-23:59",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Thu, 29 Feb 2024 23:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Saturday, 01-Mar-69 08:49:37 GMT",
            "Thursday, 01-Jan-70 00:00:00 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sat Nov 26 08:49:37 1994",
            "\u{a0}Sun Nov  6 08:49:37 1994\n",
            "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
        ];
        let mut random = Random::new(7);
        let mut below = |limit: usize| usize::try_from(random.next() % limit as u64).unwrap();
        let spare = b"0123456789:-+ .,ZzTGMJanebOctSu/";
        for seed in seeds {
            agrees(seed);
            for _ in 0..5000 {
                let mut text = seed.as_bytes().to_vec();
                for _ in 0..=below(3) {
                    let (at, byte) = (below(text.len()), spare[below(spare.len())]);
                    match below(8) {
                        0 => drop(text.remove(at)),
                        1 => text.insert(at, byte),
                        _ if text[at].is_ascii_digit() => text[at] = spare[below(10)],
                        _ => text[at] = byte,
                    }
                }
                agrees(&String::from_utf8_lossy(&text));
            }
        }
    }

    #[test]
    fn every_day_has_its_number() {
        let mut days = days_before(1, 1);
        for year in 1..=9999 {
            for month in 1..=12 {
                assert_eq!(days_before(year, month), days);
                days += i64::from(days_in_month(year, month));
            }
        }
        assert_eq!((days_before(1970, 1), days_in_month(2026, 13), days_in_month(2026, 0)), (0, 0, 0));
    }
}
