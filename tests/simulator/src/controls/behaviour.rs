//! Faults, clocks, lifetimes, revocation.

use serde_json::Value;

use super::{Controls, Error};
use crate::faults::{FaultId, FaultRule};
use crate::iam::issue::KEYS;
use crate::service::Service;
use crate::tls::ServerCertificate;
use crate::tokens::issued::TokenGroup;
use crate::tokens::jwt;

impl Controls {
    /// Injects a fault.
    pub fn inject(&self, rule: FaultRule) -> FaultId {
        let service = rule.service;
        let about_connections = rule.fault.is_about_connections();
        let id = self.world.faults.add(rule);
        if about_connections {
            self.world.set_gates();
            self.world.drain(service);
        }
        id
    }

    /// Removes a fault; false if it is used up or never was.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        let removed = self.world.faults.remove(id);
        self.world.set_gates();
        removed
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
        self.world.set_gates();
    }

    /// The faults in force, `times` and `after` counted down.
    #[must_use]
    pub fn faults(&self) -> Vec<(FaultId, FaultRule)> {
        self.world.faults.list()
    }

    /// How long IAM access tokens live from now on, through whichever service they are issued.
    pub fn set_iam_token_lifetime(&self, seconds: i64) {
        self.world.account().iam_token_lifetime = seconds;
    }

    /// IAM takes only those tokens of clusters that were made for this audience.
    pub fn set_wanted_audience(&self, audience: &str) {
        self.world.account().wanted_audience = Some(audience.to_owned());
    }

    /// Moves a service's clock; positive is ahead.
    pub fn set_clock_skew(&self, service: Service, seconds: i64) {
        self.world.account().skews.insert(service, seconds);
    }

    /// Which certificate https listeners present from now on.
    pub fn set_certificate(&self, certificate: ServerCertificate) {
        self.world.set_certificate(certificate);
    }

    /// IAM signs with its second key from now on; both keys are in its key set.
    pub fn rotate_iam_key(&self) {
        self.world.account().iam_key_rotated = true;
    }

    /// Signs any header and claims with the key that IAM signs with, for tokens that a verifier has to
    /// refuse for another reason than their signature. IAM itself does not know such a token.
    ///
    /// # Errors
    /// `Invalid` if there is no key.
    pub fn sign_with_iam_key(&self, header: &Value, claims: &Value) -> Result<String, Error> {
        let [first, second] = KEYS;
        let (key, _) = if self.world.account().iam_key_rotated { second } else { first };
        key.key().and_then(|key| jwt::sign_as_is(key, header, claims)).map_err(Error::Invalid)
    }

    /// Withdraws every identity token issued so far.
    pub fn revoke_identity_tokens(&self) {
        self.world.issued.revoke_all(TokenGroup::Identity);
    }

    /// Withdraws every IAM access token issued so far.
    pub fn revoke_iam_tokens(&self) {
        self.world.issued.revoke_all(TokenGroup::Iam);
    }

    /// Withdraws every refresh token issued so far.
    pub fn revoke_refresh_tokens(&self) {
        self.world.account().refresh_tokens.clear();
    }

    /// Withdraws one identity or access token.
    pub fn revoke_token(&self, token: &str) {
        self.world.issued.revoke(token);
    }

    /// The object store refuses this token with 401, although it is valid.
    pub fn reject_token(&self, token: &str) {
        self.world.account().rejected_tokens.push(token.to_owned());
    }
}
