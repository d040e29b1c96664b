//! A service with its operations, as rows of a table.

use super::endpoint::checked;
use super::{ApiDate, Auth, Entry};
use crate::wire::{BaseUrl, Invalid};
use std::cmp::Ordering;

/// A service, as its document in `core/spec` describes it. The tables in `catalog` are made of these.
#[derive(Debug)]
pub struct Service {
    /// Its name in ids of operations, such as `iam_identity`.
    pub name: &'static str,
    /// Its title, for people.
    pub title: &'static str,
    /// Its usual address. `{region}` stands for a region.
    pub server: &'static str,
    /// The credential of its operations, unless a row says otherwise.
    pub auth: Auth,
    /// The `version` date that is sent unless told otherwise, where every call takes one.
    pub version: Option<ApiDate>,
    /// The `generation` that is sent unless told otherwise, where every call takes one.
    pub generation: Option<u64>,
    /// Whether every call carries an `X-Request-Id`, as IBM's own clients send it.
    pub sends_request_id: bool,
    /// The properties of request bodies that hold secrets.
    pub secrets: &'static [&'static str],
    /// A line for each operation, sorted by name; `operation/entry.rs` says what is in it.
    pub rows: &'static str,
}

impl Service {
    /// Its operations, sorted by name.
    pub fn entries(&'static self) -> impl Iterator<Item = Entry> {
        self.rows.lines().filter(|row| !row.is_empty()).map(move |row| Entry::new(self, row))
    }

    /// The operation `name`. Rows are sorted by it, and there are tens of kilobytes of them.
    #[must_use]
    pub fn entry(&'static self, name: &str) -> Option<Entry> {
        let (mut rest, name) = (self.rows, name.as_bytes());
        while !rest.is_empty() {
            let before = rest.as_bytes().get(..rest.len() / 2)?;
            let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
            let (earlier, later) = rest.split_at_checked(begin)?;
            let (row, later) = later.split_once('\n').unwrap_or((later, ""));
            let known = row.split(' ').next().unwrap_or_default();
            rest = match known.as_bytes().cmp(name) {
                Ordering::Equal => return Some(Entry::new(self, row)),
                Ordering::Less => later,
                Ordering::Greater => earlier,
            };
        }
        None
    }

    /// Its usual address, in `region` where it has one for each.
    ///
    /// # Errors
    /// `Invalid` names `region` when it is missing, or not 1 to 32 lower case letters, digits and hyphens (R18).
    pub fn base(&self, region: Option<&str>) -> Result<BaseUrl, Invalid> {
        let Some((before, after)) = self.server.split_once("{region}") else {
            return BaseUrl::parse("endpoint", self.server);
        };
        let region = checked(region)?;
        BaseUrl::parse("region", &[before, region, after].concat())
    }
}
