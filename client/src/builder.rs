//! How a provider is made.

use crate::callback::{Callback, CallbackError};
use crate::description::Choice;
use crate::outbox::EventHandler;
use crate::shared::Shared;
use crate::transport::{Roots, Transport};
use crate::{TokenProvider, blocking, clocks, facts, seed, surroundings};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use trusted_profile_core::config;
use trusted_profile_core::token::{Event, ExternalToken, SourceOptions};
use trusted_profile_core::{Error, ErrorCode, Policy, Secret, Source, TokenManager};

/// Options of a provider, by their IBM names. What the source does not know is an error of
/// [`Builder::build`], never ignored.
#[derive(Default)]
#[must_use]
pub struct Builder {
    options: SourceOptions,
    policy: Policy,
    ca_bundle: Option<PathBuf>,
    private_proxy: Option<String>,
    callback: Option<Callback>,
    on_event: Option<EventHandler>,
    choice: Choice,
}

impl Builder {
    pub(crate) fn new(source: &str) -> Self {
        Self { options: SourceOptions { source: source.to_owned(), ..SourceOptions::default() }, ..Self::default() }
    }

    /// A builder for the source that the program's surroundings say it should use: IBM's settings of
    /// `service`, the variables of IBM's command line or, where there are none, what kind of compute
    /// this is. docs/configuration.md has all names and their order.
    ///
    /// # Errors
    /// `InvalidArgument` names the setting that cannot be used, and where it was found.
    pub(crate) fn from_environment(service: &str) -> Result<Self, Error> {
        let chosen = config::choose(service, &surroundings::look())?;
        // Here, since it can still say where each option comes from.
        chosen.clone().into_source()?;
        Ok(Self { choice: Choice::of(&chosen), options: chosen.options, ..Self::default() })
    }

    /// A builder for options that were read elsewhere, such as from JSON.
    pub fn from_options(options: SourceOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// The options so far.
    #[must_use]
    pub const fn options(&self) -> &SourceOptions {
        &self.options
    }

    /// The program's own callback, which may block, for options whose source, or its base, is `external`. With
    /// any other source, [`Builder::build`] fails.
    pub fn callback_blocking(self, callback: impl Fn() -> Result<ExternalToken, CallbackError> + Send + Sync + 'static) -> Self {
        self.with_callback(Callback::blocking(Arc::new(callback)))
    }

    pub(crate) fn with_callback(mut self, callback: Callback) -> Self {
        self.callback = Some(callback);
        self
    }

    /// The trusted profile by id, such as `Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5`.
    pub fn profile_id(mut self, id: impl Into<String>) -> Self {
        self.options.profile_id = Some(id.into());
        self
    }

    /// The trusted profile by CRN.
    pub fn profile_crn(mut self, crn: impl Into<String>) -> Self {
        self.options.profile_crn = Some(crn.into());
        self
    }

    /// The trusted profile by name.
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.options.profile_name = Some(name.into());
        self
    }

    /// The account of `profile_name`, for `assume`.
    pub fn account_id(mut self, id: impl Into<String>) -> Self {
        self.options.account_id = Some(id.into());
        self
    }

    /// The compute resource token's file, instead of the usual places.
    pub fn cr_token_file(mut self, path: impl Into<String>) -> Self {
        self.options.cr_token_file = Some(path.into());
        self
    }

    /// For IAM: `public`, `private`, `private(<region>)` or an address. For the metadata service: an address. A profile is
    /// assumed where its base asks IAM, unless this is given.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.options.endpoint = Some(endpoint.into());
        self
    }

    /// `auto`, `http` or `https`: how the metadata service is spoken to.
    pub fn protocol(mut self, protocol: impl Into<String>) -> Self {
        self.options.protocol = Some(protocol.into());
        self
    }

    /// The version date of the metadata service, `YYYY-MM-DD`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.options.version = Some(version.into());
        self
    }

    /// The life of the identity token: 5 s to 3600 s, in whole seconds.
    pub fn identity_token_expires_in(mut self, life: Duration) -> Self {
        self.options.identity_token_expires_in = Some(life.as_secs());
        self
    }

    /// Scopes, separated by blanks. Rarely needed.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.options.scope = Some(scope.into());
        self
    }

    /// A client registered with IAM. Rarely needed.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.options.client_id = Some(id.into());
        self.options.client_secret = Some(Secret::new(secret));
        self
    }

    pub(crate) fn api_key(mut self, key: impl Into<String>) -> Self {
        self.options.api_key = Some(Secret::new(key));
        self
    }

    pub(crate) fn bearer(mut self, token: impl Into<String>) -> Self {
        self.options.token = Some(Secret::new(token));
        self
    }

    pub(crate) fn base(mut self, base: Self) -> Self {
        self.options.base = Some(Box::new(base.options));
        self.callback = base.callback;
        self
    }

    /// Times, attempts and expectations, instead of the defaults.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// A PEM file with further trusted roots, beside the system's.
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(path.into());
        self
    }

    /// A proxy for the private endpoints, which take none from the environment.
    pub fn private_proxy(mut self, address: impl Into<String>) -> Self {
        self.private_proxy = Some(address.into());
        self
    }

    /// Called with everything that happens, one at a time and in that order, by whichever thread reports it.
    /// It must not block for long.
    pub fn on_event(mut self, handler: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event = Some(Box::new(handler));
        self
    }

    /// The provider, for programs on tokio. Nothing is sent before its first use.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used.
    pub fn build(self) -> Result<TokenProvider, Error> {
        self.shared().map(TokenProvider::over)
    }

    /// The provider, for programs that block.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used.
    pub fn build_blocking(self) -> Result<blocking::TokenProvider, Error> {
        self.shared().map(blocking::TokenProvider::over)
    }

    fn shared(self) -> Result<Arc<Shared>, Error> {
        let on_event = self.on_event;
        let parts = Self { on_event: None, ..self }.parts()?;
        let mut machine = TokenManager::new(parts.source, parts.policy, seed::seed(clocks::now()))?;
        machine.set_facts(facts::look());
        Ok(Shared::new(machine, parts.transport, parts.callback, on_event, parts.choice))
    }

    /// Everything checked, and nothing sent.
    pub(crate) fn parts(self) -> Result<Parts, Error> {
        match (&self.callback, is_external(&self.options)) {
            (Some(_), true) | (None, false) => self.into_parts(),
            (None, true) => Err(Error::new(ErrorCode::InvalidArgument, "source: external needs its callback: use TokenProvider::external")),
            (Some(_), false) => {
                let message = format!("callback: expected none, since the source is {}, not external", self.options.source);
                Err(Error::new(ErrorCode::InvalidArgument, message))
            }
        }
    }

    /// The same for drivers that call a callback of their own.
    pub(crate) fn into_parts(self) -> Result<Parts, Error> {
        let source = self.options.into_source()?;
        let transport = Transport::new(Roots::new(self.ca_bundle.as_ref())?, self.private_proxy.as_deref())?;
        Ok(Parts { source, policy: self.policy, transport, callback: self.callback, choice: self.choice })
    }
}

/// What a provider, or an examination, is made of.
pub(crate) struct Parts {
    pub(crate) source: Source,
    pub(crate) policy: Policy,
    pub(crate) transport: Transport,
    pub(crate) callback: Option<Callback>,
    pub(crate) choice: Choice,
}

fn is_external(options: &SourceOptions) -> bool {
    options.source == "external" || options.base.as_deref().is_some_and(is_external)
}

/// An asynchronous callback as the machine's driver wants it.
pub(crate) fn boxed<F, A>(callback: F) -> Callback
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = Result<ExternalToken, CallbackError>> + Send + 'static,
{
    Callback::asynchronous(Arc::new(move || Box::pin(callback())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(source: &str, base: Option<&str>, has_callback: bool) -> Result<(), String> {
        let base = base.map(|source| Box::new(Builder::new(source).options));
        let profile_id = base.is_some().then(|| "Profile-1".to_owned());
        let builder = Builder::from_options(SourceOptions { base, profile_id, ..Builder::new(source).options });
        let builder = if has_callback { builder.callback_blocking(|| Err("sealed".into())) } else { builder };
        builder.build_blocking().map(drop).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_callback_is_for_external_sources_and_these_have_one() {
        for (source, base) in [("external", None), ("assume", Some("external"))] {
            assert_eq!(built(source, base, true), Ok(()));
            assert!(built(source, base, false).unwrap_err().starts_with("source: external needs its callback"));
        }
        for (source, base) in [("vpc_instance", None), ("assume", Some("vpc_instance"))] {
            assert_eq!(built(source, base, false), Ok(()));
            assert_eq!(
                built(source, base, true).unwrap_err(),
                format!("callback: expected none, since the source is {source}, not external")
            );
        }
    }
}
