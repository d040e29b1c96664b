//! What the compute resource token's file looks like.

use super::report::{Check, Remedy};
use crate::secret::Secret;
use crate::time::Now;
use crate::token::{FileRead, UnverifiedClaims};
use crate::wire::Redactor;

const NAME: &str = "token_file";
/// The longest life that IAM takes, in seconds.
const LONGEST_LIFE: i64 = 3600;

/// What was found in the first file that could be read, or why none could.
#[derive(Clone, Debug)]
pub(super) struct TokenFile {
    /// Path and content, if a file was read.
    path: Option<String>,
    problems: Vec<String>,
    claims: Option<Claims>,
}

#[derive(Clone, Debug)]
struct Claims {
    service_account: Option<(String, String)>,
    audiences: Vec<String>,
    /// Seconds since it was issued, and until it ends.
    age: Option<i64>,
    left: Option<i64>,
}

impl TokenFile {
    pub(super) fn read(reads: &[FileRead], now: Now) -> Self {
        let problems = reads.iter().filter_map(|read| Some(format!("{}: {}", read.path, read.result.as_ref().err()?.as_str())));
        let found = reads.iter().find_map(|read| Some((&read.path, read.result.as_ref().ok()?)));
        let claims = found.and_then(|(_, token)| Claims::read(token, now));
        Self { path: found.map(|(path, _)| path.clone()), problems: problems.collect(), claims }
    }

    /// Where several audiences are in use, one that IAM does not name may be why it says no.
    fn odd_audience(&self) -> Option<Remedy> {
        let claims = self.claims.as_ref()?;
        let is_usual = claims.audiences.iter().any(|audience| audience == "iam");
        let cause = format!("the token is for audience [{}], and IAM's documents ask for iam", claims.audiences.join(", "));
        (!is_usual).then(|| Remedy::new(cause, "set audience: iam in the projected volume"))
    }

    /// The file, as far as it can be judged by itself. Whatever IAM took is good.
    pub(super) fn check(&self, judged: Judged) -> Check {
        let Some(path) = &self.path else {
            return Check::fail(NAME, self.problems.join("\n"), Vec::new());
        };
        let (found, remedies) = match &self.claims {
            Some(claims) => (claims.shown(), claims.remedies()),
            None if judged == Judged::Refused => {
                let cause = "the file holds something else than a compute resource token";
                ("not a JWT".to_owned(), vec![Remedy::new(cause, "name the right file with cr_token_file")])
            }
            None => ("not a JWT".to_owned(), Vec::new()),
        };
        let found = format!("{path}: {found}");
        match judged {
            Judged::Taken => Check::pass(NAME, found),
            Judged::Refused | Judged::NotYet => {
                let audience = self.odd_audience().filter(|_| judged == Judged::Refused);
                let remedies: Vec<Remedy> = remedies.into_iter().chain(audience).collect();
                if remedies.is_empty() { Check::pass(NAME, found) } else { Check::fail(NAME, found, remedies) }
            }
        }
    }
}

/// What IAM said of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Taken,
    Refused,
    NotYet,
}

impl Claims {
    fn read(token: &Secret, now: Now) -> Option<Self> {
        let claims = UnverifiedClaims::read(token.expose().trim())?;
        let unix = i64::try_from(now.unix.as_secs()).unwrap_or(i64::MAX);
        let redactor = Redactor::new([token]);
        let issued_at = claims.json().get("iat").and_then(serde_json::Value::as_i64);
        Some(Self {
            service_account: claims.service_account().map(|(namespace, account)| (redactor.excerpt(namespace), redactor.excerpt(account))),
            audiences: claims.audiences().into_iter().map(|audience| redactor.excerpt(audience)).collect(),
            age: issued_at.map(|issued| unix.saturating_sub(issued)),
            left: claims.expires_at().map(|end| end.saturating_sub(unix)),
        })
    }

    fn life(&self) -> Option<i64> {
        Some(self.age?.saturating_add(self.left?))
    }

    fn shown(&self) -> String {
        let whose = self.service_account.as_ref();
        let whose = whose.map_or_else(String::new, |(namespace, account)| format!("namespace {namespace}, service account {account}, "));
        let left = match self.left {
            Some(left) if left > 0 => format!("{left} s left"),
            Some(left) => format!("expired {} s ago", left.unsigned_abs()),
            None => "without an end".to_owned(),
        };
        let age = self.age.map_or_else(String::new, |age| format!(", issued {age} s ago"));
        format!("{whose}audience [{}], {left}{age} (unverified)", self.audiences.join(", "))
    }

    fn remedies(&self) -> Vec<Remedy> {
        let mut remedies = Vec::new();
        if self.left.is_some_and(|left| left <= 0) {
            remedies.push(Remedy::new(
                "the token has ended and was not replaced: the file is a copy, or mounted with subPath, which is never updated",
                "mount the projected volume itself, without subPath, and read the file where it is mounted",
            ));
            remedies.push(Remedy::new("this machine's clock is ahead", "set the clock (chrony, timedatectl)"));
        }
        if self.life().is_some_and(|life| life > LONGEST_LIFE) {
            let cause = format!("the token lives {} s, and IAM takes none that lives longer than an hour", self.life().unwrap_or_default());
            remedies.push(Remedy::new(cause, "set expirationSeconds: 3600 in the projected volume"));
        }
        remedies
    }
}
