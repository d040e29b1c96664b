//! How the operations of some services are called: what a client of any language was set up with.

use super::{Call, EntityTags, Limits, Options, Until};
use crate::catalog;
use crate::error::Error;
use crate::operation::{ApiDate, Entry, MetadataService, Target};
use crate::wire::{Invalid, Json};
use std::time::Duration;

/// Settings of a client. What is wrong with them is told by the first call.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names of the services that stand behind one address.
    pub services: &'static [&'static str],
    /// `public`, `private`, `private(<region>)` or an address; none means the service's first server.
    pub endpoint: Option<String>,
    /// The region, for a service that has regions.
    pub region: Option<String>,
    /// The version date that is sent; none means the catalog's.
    pub version: Option<String>,
    /// The limits of every call; none means [`Limits::of`] the service.
    pub limits: Option<Limits>,
    /// The deadline of every call, instead of that of its limits.
    pub deadline: Option<Duration>,
    /// Whether `If-Match` is also sent where the service does not demand it.
    pub always_if_match: bool,
    /// Whether JSON is left as text, for a language with a reader of its own: answers are [`crate::operation::Content::Unread`].
    pub leave_json: bool,
}

/// How an operation is called.
#[derive(Clone, Debug)]
pub enum Manner {
    /// [`Call::once`].
    Once,
    /// [`Call::pages`].
    Pages,
    /// [`Call::until`].
    Until(Until),
}

impl Settings {
    /// The usual ones for `services`.
    #[must_use]
    pub const fn of(services: &'static [&'static str]) -> Self {
        Self {
            services,
            endpoint: None,
            region: None,
            version: None,
            limits: None,
            deadline: None,
            always_if_match: false,
            leave_json: false,
        }
    }

    /// Whether the service is where the tokens come from: how it is reached is then for the token machine to say, by
    /// `TokenManager::metadata_service`.
    #[must_use]
    pub fn is_metadata(&self) -> bool {
        self.services == ["metadata"]
    }

    /// The operation of these services, by its id or by its name alone.
    ///
    /// # Errors
    /// As for [`catalog::find_among`].
    pub fn find(&self, operation: &str) -> Result<Entry, Error> {
        catalog::find_among(self.services, operation)
    }

    /// Where `entry` is called, and in which version. `metadata` is how the metadata service is reached, for its operations.
    ///
    /// # Errors
    /// `InvalidArgument` names the setting that cannot be used.
    pub fn target(&self, entry: Entry, metadata: Option<&MetadataService>) -> Result<Target, Error> {
        if self.is_metadata() {
            let missing = || Invalid::new("metadata", "", "how the metadata service is reached, which the token machine says");
            return Ok(metadata.ok_or_else(missing)?.target());
        }
        let base = entry.service().address(self.endpoint.as_deref(), self.region.as_deref())?;
        let version = self.version.as_deref().map(|text| ApiDate::parse("version", text)).transpose()?;
        Ok(Target { version, ..Target::new(base) })
    }

    /// A call. `metadata` is as for [`Settings::target`], `tags` is what is known of resources, and `seed` feeds its jitter.
    ///
    /// # Errors
    /// As for [`Settings::target`], [`Call::once`], [`Call::pages`] and [`Call::until`].
    pub fn call(
        &self,
        entry: Entry,
        arguments: Json,
        manner: Manner,
        metadata: Option<&MetadataService>,
        tags: &EntityTags,
        seed: u64,
    ) -> Result<Call, Error> {
        let target = self.target(entry, metadata)?;
        let mut limits = self.limits.clone().unwrap_or_else(|| Limits::of(entry.service()));
        limits.deadline = self.deadline.unwrap_or(limits.deadline);
        let (always_if_match, leave_json) = (self.always_if_match, self.leave_json);
        let options = Options { limits: Some(limits), entity_tags: Some(tags), always_if_match, leave_json, metadata };
        match manner {
            Manner::Once => Call::once(entry, &arguments, target, &options, seed),
            Manner::Pages => Call::pages(entry, arguments, target, &options, seed),
            Manner::Until(until) => Call::until(entry, &arguments, target, &options, until, seed),
        }
    }
}
