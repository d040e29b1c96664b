//! What a cache entry holds, and until when it counts.

use crate::token::Token;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use trusted_profile::{Now, Secret};

/// One entry. The wall clock alone is not believed: on Linux the time since boot, of this very boot,
/// has to agree.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept<T> {
    token: T,
    /// The end of the token's life, in seconds since 1970.
    expires_at: u64,
    /// From here on a new one is better.
    refresh_at: u64,
    /// The end of its use, which comes a margin before that of its life.
    usable_until: u64,
    /// The same by the clock that counts since boot, and which boot that was.
    since_boot: Option<SinceBoot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SinceBoot {
    boot_id: String,
    expires_at: u64,
    refresh_at: u64,
    usable_until: u64,
}

impl<'a> Kept<&'a str> {
    /// The entry of `token` as text.
    pub(super) fn text(token: &'a Token) -> Result<Secret, String> {
        let Token { expires_at, refresh_at, usable_until, .. } = token;
        let since_boot = boot_id().map(|boot_id| SinceBoot {
            boot_id,
            expires_at: expires_at.monotonic.as_secs(),
            refresh_at: refresh_at.monotonic.as_secs(),
            usable_until: usable_until.monotonic.as_secs(),
        });
        let kept = Self {
            token: token.text.expose(),
            expires_at: expires_at.unix.as_secs(),
            refresh_at: refresh_at.unix.as_secs(),
            usable_until: usable_until.unix.as_secs(),
            since_boot,
        };
        serde_json::to_string(&kept).map(Secret::new).map_err(|error| error.to_string())
    }
}

impl Kept<Secret> {
    /// Reads an entry. The reason for a refusal never quotes it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let kept: Self = serde_json::from_str(text).map_err(|_| "it is not an entry of this cache".to_owned())?;
        let token = kept.token.expose();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("its token could not stand in a header".to_owned());
        }
        Ok(kept)
    }

    /// The token, if it is usable at `now` by both clocks.
    pub(super) fn into_token(self, now: Now) -> Option<Token> {
        // Without a clock of this boot there is only the other one.
        let since_boot = match (self.since_boot, boot_id()) {
            (Some(kept), Some(boot_id)) if kept.boot_id == boot_id => Some(kept),
            (None, None) => None,
            _ => return None,
        };
        let at = |since_boot: Option<u64>, unix| Now {
            monotonic: since_boot.map_or(Duration::MAX, Duration::from_secs),
            unix: Duration::from_secs(unix),
        };
        let since_boot = since_boot.as_ref();
        let usable_until = at(since_boot.map(|kept| kept.usable_until), self.usable_until);
        let refresh_at = at(since_boot.map(|kept| kept.refresh_at), self.refresh_at);
        let expires_at = at(since_boot.map(|kept| kept.expires_at), self.expires_at);
        let token = Token { text: self.token, expires_at, refresh_at, usable_until, is_cached: true };
        now.is_before(usable_until).then_some(token)
    }
}

/// Names this boot, where the system does.
fn boot_id() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        let at = |seconds| Now { monotonic: Duration::from_secs(seconds), unix: Duration::from_secs(1_000_000 + seconds) };
        Token { text: Secret::new("t0ken"), expires_at: at(3600), refresh_at: at(2700), usable_until: at(3590), is_cached: false }
    }

    fn read(text: &str, monotonic: u64, unix: u64) -> Option<Token> {
        let now = Now { monotonic: Duration::from_secs(monotonic), unix: Duration::from_secs(unix) };
        Kept::parse(text).unwrap().into_token(now)
    }

    #[test]
    fn both_clocks_must_agree() {
        let text = Kept::text(&token()).unwrap();
        let kept = read(text.expose(), 3589, 1_003_589).unwrap();
        assert_eq!((kept.text.expose(), kept.expires_at.unix, kept.is_cached), ("t0ken", token().expires_at.unix, true));
        assert_eq!(kept.refresh_at.unix, token().refresh_at.unix);
        assert!(read(text.expose(), 0, 1_003_590).is_none());
        // Elsewhere than on Linux there is no second clock across runs.
        assert_eq!(read(text.expose(), 3590, 1_000_000).is_none(), cfg!(target_os = "linux"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn an_entry_of_another_boot_does_not_count() {
        let text = Kept::text(&token()).unwrap();
        let other = text.expose().replace(&boot_id().unwrap(), "00000000-0000-0000-0000-000000000000");
        assert!(read(&other, 0, 1_000_000).is_none());
        let mut without: serde_json::Value = serde_json::from_str(text.expose()).unwrap();
        without["since_boot"] = serde_json::Value::Null;
        assert!(read(&without.to_string(), 0, 1_000_000).is_none());
    }

    #[test]
    fn what_is_no_entry_is_refused_and_never_quoted() {
        for text in
            ["", "hunter2", "{}", "[]", r#"{"token":"hunter2","expires_at":1,"refresh_at":1,"usable_until":1,"since_boot":null,"more":1}"#]
        {
            assert_eq!(Kept::parse(text).err().as_deref(), Some("it is not an entry of this cache"), "{text}");
        }
        let blank = r#"{"token":"hunter2 \n","expires_at":1,"refresh_at":1,"usable_until":1,"since_boot":null}"#;
        assert_eq!(Kept::parse(blank).err().as_deref(), Some("its token could not stand in a header"));
    }
}
