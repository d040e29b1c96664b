//! Profiles, links, rules, API keys, access.

use super::{Controls, Error};
use crate::account::{ApiKey, ApiKeyState, Link, NewApiKey, NewLink, NewProfile, NewRule, Profile, Role, Rule};
use crate::service::Service;

impl Controls {
    /// The id of the simulated account.
    #[must_use]
    pub fn account_id(&self) -> String {
        self.world.account().account_id.clone()
    }

    /// Creates a trusted profile in the simulator's account.
    #[must_use]
    pub fn create_profile(&self, name: &str) -> Profile {
        self.create_profile_from(NewProfile { name: name.to_owned(), ..NewProfile::default() })
    }

    /// Creates a trusted profile, possibly in another account.
    #[must_use]
    pub fn create_profile_from(&self, new: NewProfile) -> Profile {
        self.world.account().create_profile(new)
    }

    /// All trusted profiles.
    #[must_use]
    pub fn profiles(&self) -> Vec<Profile> {
        let account = self.world.account();
        account.profiles.iter().map(|record| record.profile.clone()).collect()
    }

    /// Deletes a profile with its links and rules.
    ///
    /// # Errors
    /// If there is no such profile.
    pub fn delete_profile(&self, profile_id: &str) -> Result<(), Error> {
        let mut account = self.world.account();
        let before = account.profiles.len();
        account.profiles.retain(|record| record.profile.id != profile_id);
        if account.profiles.len() == before {
            return Err(no_profile(profile_id));
        }
        Ok(())
    }

    /// Links a compute resource to a profile.
    ///
    /// # Errors
    /// If there is no such profile.
    pub fn create_link(&self, profile_id: &str, new: NewLink) -> Result<Link, Error> {
        self.world.account().create_link(profile_id, new).ok_or_else(|| no_profile(profile_id))
    }

    /// Removes a link.
    ///
    /// # Errors
    /// If there is no such profile or link.
    pub fn delete_link(&self, profile_id: &str, link_id: &str) -> Result<(), Error> {
        let mut account = self.world.account();
        let record = account.profile_mut(profile_id).ok_or_else(|| no_profile(profile_id))?;
        let before = record.links.len();
        record.links.retain(|link| link.id != link_id);
        if record.links.len() == before {
            return Err(Error::NotFound(format!("link {link_id}")));
        }
        Ok(())
    }

    /// Adds a claim rule to a profile.
    ///
    /// # Errors
    /// If there is no such profile, or the rule is not valid.
    pub fn create_rule(&self, profile_id: &str, new: NewRule) -> Result<Rule, Error> {
        if let Some(fault) = new.fault() {
            return Err(Error::Invalid(fault));
        }
        let mut account = self.world.account();
        let now = account.now(Service::Iam);
        let record = account.profile_mut(profile_id).ok_or_else(|| no_profile(profile_id))?;
        let rule = Rule::new(new, now);
        record.rules.push(rule.clone());
        Ok(rule)
    }

    /// Lets a user or service ID assume a profile.
    ///
    /// # Errors
    /// If there is no such profile.
    pub fn allow_assume(&self, profile_id: &str, iam_id: &str) -> Result<(), Error> {
        let mut account = self.world.account();
        let record = account.profile_mut(profile_id).ok_or_else(|| no_profile(profile_id))?;
        record.identities.push(iam_id.to_owned());
        Ok(())
    }

    /// Grants a role on a bucket to a profile or any other identity, by its `iam_id`. The bucket is
    /// created if need be.
    pub fn grant_access(&self, iam_id: &str, bucket: &str, role: Role) {
        self.world.account().grant(iam_id, bucket, role);
    }

    /// Takes back what was granted.
    pub fn revoke_access(&self, iam_id: &str, bucket: &str) {
        self.world.account().access.remove(&(iam_id.to_owned(), bucket.to_owned()));
    }

    /// Puts an object into a bucket, without any token.
    pub fn put_object(&self, bucket: &str, key: &str, content: &[u8]) {
        self.world.account().objects.entry(bucket.to_owned()).or_default().insert(key.to_owned(), content.to_vec());
    }

    /// Creates a service ID with an API key.
    #[must_use]
    pub fn create_api_key(&self, new: NewApiKey) -> ApiKey {
        self.world.account().create_api_key(new)
    }

    /// Disables, locks or reactivates an API key, by its id.
    ///
    /// # Errors
    /// If there is no such key.
    pub fn set_api_key_state(&self, api_key_id: &str, state: ApiKeyState) -> Result<(), Error> {
        let mut account = self.world.account();
        let key =
            account.api_keys.iter_mut().find(|key| key.id == api_key_id).ok_or_else(|| Error::NotFound(format!("API key {api_key_id}")))?;
        key.state = state;
        Ok(())
    }

    /// Registers an OAuth client. Its API-key grants come with refresh tokens.
    pub fn register_client(&self, client_id: &str, client_secret: &str) {
        self.world.account().clients.insert(client_id.to_owned(), client_secret.to_owned());
    }
}

fn no_profile(id: &str) -> Error {
    Error::NotFound(format!("profile {id}"))
}
