//! Issuing tokens: signed ones, and, when a fault asks for it, opaque ones.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::jwt::{self, Refusal};
use super::keys::KeyUse;
use crate::identifiers;

/// Tokens this run has issued: opaque ones need their claims kept, and any may be revoked.
#[derive(Default)]
pub(crate) struct IssuedTokens {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    opaque: HashMap<String, (KeyUse, Value)>,
    revoked: HashSet<String>,
    /// Tokens issued at or before these ordinals are revoked.
    revoked_up_to: HashMap<&'static str, u64>,
    ordinals: HashMap<String, (&'static str, u64)>,
    next_ordinal: u64,
}

/// A group of tokens that can be revoked together.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TokenGroup {
    Identity,
    Iam,
}

impl TokenGroup {
    fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Iam => "iam",
        }
    }
}

impl IssuedTokens {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs the claims, or invents an opaque token that stands for them.
    pub(crate) fn issue(&self, group: TokenGroup, key_use: KeyUse, key_id: &str, claims: &Value, opaque: bool) -> Result<String, String> {
        let token = if opaque { format!("opaque-{}", identifiers::secret()) } else { jwt::sign(key_use.key()?, key_id, claims)? };
        let mut inner = self.lock();
        inner.next_ordinal += 1;
        let ordinal = inner.next_ordinal;
        inner.ordinals.insert(token.clone(), (group.name(), ordinal));
        if opaque {
            inner.opaque.insert(token.clone(), (key_use, claims.clone()));
        }
        Ok(token)
    }

    /// Verifies a token against one of the keys: signature, `exp`, revocation.
    pub(crate) fn verify(&self, keys: &[KeyUse], token: &str, now_unix: i64) -> Result<Value, Refusal> {
        let opaque = {
            let inner = self.lock();
            if inner.is_revoked(token) {
                return Err(Refusal::Revoked);
            }
            inner.opaque.get(token).cloned()
        };
        if let Some((key_use, claims)) = opaque {
            return check_opaque(keys, key_use, claims, now_unix);
        }
        let mut refusal = Refusal::Malformed;
        for key_use in keys {
            let Ok(key) = key_use.key() else { continue };
            match jwt::verify(key, token, now_unix) {
                Ok(claims) => return Ok(claims),
                Err(Refusal::Expired) => return Err(Refusal::Expired),
                Err(other) => refusal = other,
            }
        }
        Err(refusal)
    }

    /// Withdraws one token.
    pub(crate) fn revoke(&self, token: &str) {
        self.lock().revoked.insert(token.to_owned());
    }

    /// Withdraws every token of a group issued so far.
    pub(crate) fn revoke_all(&self, group: TokenGroup) {
        let mut inner = self.lock();
        let last = inner.next_ordinal;
        inner.revoked_up_to.insert(group.name(), last);
    }

    /// Every token issued, so that the journal can shorten them.
    pub(crate) fn all(&self) -> Vec<String> {
        self.lock().ordinals.keys().cloned().collect()
    }
}

impl Inner {
    fn is_revoked(&self, token: &str) -> bool {
        if self.revoked.contains(token) {
            return true;
        }
        let Some((group, ordinal)) = self.ordinals.get(token) else {
            return false;
        };
        self.revoked_up_to.get(group).is_some_and(|last| ordinal <= last)
    }
}

fn check_opaque(keys: &[KeyUse], key_use: KeyUse, claims: Value, now_unix: i64) -> Result<Value, Refusal> {
    if !keys.contains(&key_use) {
        return Err(Refusal::BadSignature);
    }
    match claims.get("exp").and_then(Value::as_i64) {
        Some(expiry) if now_unix < expiry => Ok(claims),
        _ => Err(Refusal::Expired),
    }
}
