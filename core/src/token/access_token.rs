//! A token that can be used, and when it no longer can.

use super::action::Slot;
use super::claims::UnverifiedClaims;
use super::policy::Policy;
use crate::random::Random;
use crate::secret::Secret;
use crate::time::Now;
use http::HeaderValue;
use std::sync::Arc;
use std::time::Duration;

/// A token with the times a wrapper may compare to skip the machine. Cheap to clone.
///
/// While `now.is_before(token.refresh_at())` the token may be handed out without asking the
/// machine, unless it was invalidated since.
#[derive(Clone, Debug)]
pub struct AccessToken {
    secret: Arc<Secret>,
    slot: Slot,
    generation: u64,
    expires_at: Now,
    usable_until: Now,
    refresh_at: Now,
}

impl AccessToken {
    /// The token's text, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }

    /// `Bearer <token>`, marked as sensitive.
    #[must_use]
    pub fn authorization(&self) -> HeaderValue {
        let text = Secret::new(["Bearer ", self.expose()].concat());
        // A token gets into the machine only as graphic ASCII, so this cannot fail.
        let mut value = HeaderValue::from_str(text.expose()).unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The step of the chain that the token belongs to.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// Goes back to [`super::TokenManager::invalidate`] when a service refuses the token.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// When the token ends, by what the service said about its life, counted from when it was asked
    /// for. For whoever passes it on; whoever uses it goes by [`AccessToken::usable_until`].
    #[must_use]
    pub const fn expires_at(&self) -> Now {
        self.expires_at
    }

    /// The token is not to be used once either clock has reached this.
    #[must_use]
    pub const fn usable_until(&self) -> Now {
        self.usable_until
    }

    /// The machine is to be asked again once either clock has reached this: never after `usable_until`.
    #[must_use]
    pub const fn refresh_at(&self) -> Now {
        self.refresh_at
    }

    /// What the token says about itself, if it is a JWT. Nothing is verified.
    #[must_use]
    pub fn unverified_claims(&self) -> Option<UnverifiedClaims> {
        UnverifiedClaims::read(self.expose())
    }
}

/// A committed token as its slot keeps it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    secret: Arc<Secret>,
    generation: u64,
    /// When the exchange that brought it was sent: its life counts from there (R10).
    sent: Now,
    life: Duration,
    usable_until: Now,
    pub(super) refresh_at: Now,
}

impl Stored {
    pub(super) fn new(secret: Secret, generation: u64, sent: Now, life: Duration, policy: &Policy, random: &mut Random) -> Self {
        // A callback may say "for ever"; only a token that cannot be fetched anew has no end at all.
        let life = life.min(Duration::from_secs(u64::MAX));
        let margin = policy.margin_max.min(life.checked_div(10).unwrap_or_default());
        let mut stored = Self {
            secret: Arc::new(secret),
            generation,
            sent,
            life,
            usable_until: sent.plus(life.saturating_sub(margin)),
            refresh_at: sent,
        };
        stored.spread(policy, random);
        stored
    }

    /// A token of unknown life, which is used until a service refuses it.
    pub(super) fn fixed(secret: Secret, generation: u64) -> Self {
        let end = Now { monotonic: Duration::MAX, unix: Duration::MAX };
        Self { secret: Arc::new(secret), generation, sent: Now::default(), life: Duration::MAX, usable_until: end, refresh_at: end }
    }

    /// Chooses the moment of refresh anew (R5): after a fork, every child has its own.
    pub(super) fn spread(&mut self, policy: &Policy, random: &mut Random) {
        if self.is_fixed() {
            return;
        }
        #[expect(clippy::suboptimal_flops, reason = "one fused operation is a whole function of its own in WebAssembly")]
        let part = (policy.refresh_at - random.unit() * policy.refresh_jitter).clamp(0.0, 1.0);
        let after = Duration::try_from_secs_f64(self.life.as_secs_f64() * part).unwrap_or(self.life);
        self.refresh_at = self.sent.plus(after).or_earlier(self.usable_until);
    }

    pub(super) fn is_usable(&self, now: Now) -> bool {
        now.is_before(self.usable_until)
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) const fn usable_until(&self) -> Now {
        self.usable_until
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// How long ago the token was asked for.
    pub(super) const fn age(&self, now: Now) -> Duration {
        now.monotonic.saturating_sub(self.sent.monotonic)
    }

    /// Whether it cannot be fetched anew.
    pub(super) fn is_fixed(&self) -> bool {
        self.life == Duration::MAX
    }

    pub(super) fn to_access_token(&self, slot: Slot, refresh_at: Now) -> AccessToken {
        AccessToken {
            secret: Arc::clone(&self.secret),
            slot,
            generation: self.generation,
            expires_at: self.sent.plus(self.life),
            usable_until: self.usable_until,
            refresh_at: refresh_at.or_earlier(self.usable_until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(life: u64, seed: u64) -> Stored {
        let sent = Now { monotonic: Duration::from_secs(100), unix: Duration::from_secs(1_000_000) };
        Stored::new(Secret::new("t"), 1, sent, Duration::from_secs(life), &Policy::default(), &mut Random::new(seed))
    }

    #[test]
    fn the_end_is_told_without_the_margin() {
        let token = stored(3600, 1).to_access_token(Slot::Iam, Now::default());
        assert_eq!((token.expires_at().monotonic, token.expires_at().unix), (Duration::from_secs(3700), Duration::from_secs(1_003_600)));
        assert_eq!(Stored::fixed(Secret::new("t"), 1).to_access_token(Slot::Iam, Now::default()).expires_at().unix, Duration::MAX);
    }

    #[test]
    fn the_margin_is_ten_seconds_or_a_tenth() {
        assert_eq!(stored(3600, 1).usable_until.monotonic, Duration::from_secs(100 + 3590));
        assert_eq!(stored(3600, 1).usable_until.unix, Duration::from_secs(1_000_000 + 3590));
        assert_eq!(stored(50, 1).usable_until.monotonic, Duration::from_secs(100 + 45));
        assert_eq!(stored(0, 1).usable_until.monotonic, Duration::from_secs(100));
    }

    #[test]
    fn refresh_spreads_between_seventy_and_eighty_percent() {
        let parts: Vec<f64> = (0..500).map(|seed| (stored(1000, seed).refresh_at.monotonic.as_secs_f64() - 100.0) / 1000.0).collect();
        assert!(parts.iter().all(|p| *p > 0.70 && *p <= 0.80));
        assert!(parts.iter().any(|p| *p < 0.71) && parts.iter().any(|p| *p > 0.79));
    }

    #[test]
    fn absurd_lives_saturate() {
        let sent = Now { monotonic: Duration::MAX, unix: Duration::MAX };
        let stored = Stored::new(Secret::new("t"), 1, sent, Duration::from_secs(u64::MAX), &Policy::default(), &mut Random::new(1));
        assert_eq!(stored.usable_until.unix, Duration::MAX);
        let for_ever = Stored::new(Secret::new("t"), 1, Now::default(), Duration::MAX, &Policy::default(), &mut Random::new(1));
        assert!(Stored::fixed(Secret::new("t"), 1).is_fixed());
        assert!(!for_ever.is_fixed() && for_ever.refresh_at.monotonic > Duration::from_secs(1 << 60));
        assert!(!Stored::fixed(Secret::new("t"), 1).is_usable(sent));
    }

    #[test]
    fn claims_are_those_of_the_token() {
        let claims = |text: &str| {
            let sent = Now::default();
            let stored = Stored::new(Secret::new(text), 1, sent, Duration::from_secs(60), &Policy::default(), &mut Random::new(1));
            stored.to_access_token(Slot::Iam, sent).unverified_claims()
        };
        assert!(claims("opaque").is_none());
        // {"iam_id":"iam-Profile-1"}
        let read = claims("e30.eyJpYW1faWQiOiJpYW0tUHJvZmlsZS0xIn0.c2ln").unwrap();
        assert_eq!(read.iam_id(), Some("iam-Profile-1"));
    }

    #[test]
    fn the_header_is_sensitive() {
        let token = stored(60, 1).to_access_token(Slot::Iam, Now::default());
        let header = token.authorization();
        assert!(header == "Bearer t" && header.is_sensitive() && format!("{header:?}") == "Sensitive");
    }

    #[test]
    fn whoever_compares_only_refresh_at_never_uses_a_dead_token() {
        let stored = stored(3600, 1);
        let late = Now { monotonic: Duration::from_secs(9000), unix: Duration::from_secs(2_000_000) };
        assert_eq!(stored.to_access_token(Slot::Iam, late).refresh_at(), stored.usable_until());
        let policy = Policy { refresh_at: 0.95, refresh_jitter: 0.0, ..Policy::default() };
        let short = Stored::new(Secret::new("t"), 1, Now::default(), Duration::from_secs(20), &policy, &mut Random::new(1));
        assert_eq!(short.refresh_at, short.usable_until());
    }
}
