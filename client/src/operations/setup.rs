//! What a client of either manner was set up with, and what it remembers.

use super::service::METADATA;
use crate::per_process::PerProcess;
use crate::{clocks, seed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile_core::call::{Call, EntityTags, Limits, Options, Until};
use trusted_profile_core::operation::{ApiDate, Entry, Target};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{Error, Now, catalog};

/// Settings of a client. What is wrong with them is told by the first call.
#[derive(Clone)]
pub(crate) struct Setup {
    services: &'static [&'static str],
    pub(super) endpoint: Option<String>,
    pub(super) region: Option<String>,
    pub(super) version: Option<String>,
    pub(super) limits: Option<Limits>,
    pub(super) always_if_match: bool,
    /// Shared by clones. A child of `fork` begins anew.
    tags: Arc<PerProcess<Mutex<EntityTags>>>,
}

/// How an operation is called.
pub(super) enum Plan {
    Once,
    Pages,
    Until(Until),
}

impl Setup {
    pub(super) fn of(services: &'static [&'static str]) -> Self {
        let tags = Arc::default();
        Self { services, endpoint: None, region: None, version: None, limits: None, always_if_match: false, tags }
    }

    /// Whether the service is where the tokens come from, so that the provider knows its address.
    pub(super) fn is_metadata(&self) -> bool {
        self.services == [METADATA]
    }

    pub(super) fn find(&self, operation: &str) -> Result<Entry, Error> {
        catalog::find_among(self.services, operation)
    }

    pub(super) fn target(&self, entry: Entry) -> Result<Target, Error> {
        let base = entry.service().address(self.endpoint.as_deref(), self.region.as_deref())?;
        let version = self.version.as_deref().map(|text| ApiDate::parse("version", text)).transpose()?;
        Ok(Target { version, ..Target::new(base) })
    }

    /// How long a call may wait for what it needs before there is one.
    pub(super) fn patience(&self, entry: Entry, plan: &Plan) -> Duration {
        match plan {
            Plan::Until(until) => until.within,
            Plan::Once | Plan::Pages => self.limits.as_ref().map_or_else(|| Limits::of(entry.service()).deadline, |limits| limits.deadline),
        }
    }

    /// A call whose time began at `began`.
    pub(super) fn begin(&self, entry: Entry, arguments: Json, target: Target, plan: Plan, began: Now) -> Result<Call, Error> {
        let tags = self.tags();
        let options = Options { limits: self.limits.clone(), entity_tags: Some(&tags), always_if_match: self.always_if_match };
        let seed = seed::seed(clocks::now());
        let call = match plan {
            Plan::Once => Call::once(entry, &arguments, target, &options, seed),
            Plan::Pages => Call::pages(entry, arguments, target, &options, seed),
            Plan::Until(until) => Call::until(entry, &arguments, target, &options, until, seed),
        };
        call.map(|call| call.begun(began))
    }

    /// Keeps what `call` has learned of resources.
    pub(super) fn learn_from(&self, call: &Call) {
        self.tags().learn_from(call);
    }

    fn tags(&self) -> MutexGuard<'_, EntityTags> {
        self.tags.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}
