//! What a client of either manner was set up with, and what it remembers.

use crate::per_process::PerProcess;
use crate::shared::Shared;
use crate::{clocks, seed};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use trusted_profile_core::Error;
use trusted_profile_core::call::{Call, EntityTags, Manner, Settings};
use trusted_profile_core::wire::Json;

/// Settings of a client, and what it has learned.
#[derive(Clone)]
pub(crate) struct Setup {
    settings: Settings,
    /// Shared by clones. A child of `fork` begins anew.
    tags: Arc<PerProcess<Mutex<EntityTags>>>,
}

impl Deref for Setup {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl DerefMut for Setup {
    fn deref_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }
}

impl Setup {
    pub(super) fn of(services: &'static [&'static str]) -> Self {
        Self { settings: Settings::of(services), tags: Arc::default() }
    }

    /// A call, with everything checked.
    pub(super) fn begin(&self, shared: &Shared, operation: &str, arguments: Json, manner: Manner) -> Result<Call, Error> {
        let metadata = if self.is_metadata() { Some(shared.call(|machine, _| machine.metadata_service())?) } else { None };
        let seed = seed::seed(clocks::now());
        self.call(self.find(operation)?, arguments, manner, metadata.as_ref(), &self.tags(), seed)
    }

    /// Keeps what `call` has learned of resources.
    pub(super) fn learn_from(&self, call: &Call) {
        self.tags().learn_from(call);
    }

    fn tags(&self) -> MutexGuard<'_, EntityTags> {
        self.tags.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}
