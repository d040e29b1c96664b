//! The provider: a constructor for each source, and the calls for tokens.

use crate::callback::{EventListener, TokenCallback, fetching};
use crate::callers::Callers;
use crate::description::Description;
use crate::error::invalid;
use crate::error_class::TrustedProfileError;
use crate::event::TokenEvent;
use crate::herd::{Answer, Herd};
use crate::options::{AssumeOptions, ContainerOptions, IamOptions, MetadataOptions, ProviderOptions};
use crate::source::SourceOptions;
use crate::token::AccessToken;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile::{Builder, ErrorCode, blocking};

/// Gives out IAM access tokens, and fetches and refreshes them as needed. Share one throughout a program.
///
/// Any number of threads and tasks may ask at once: one exchange serves them all. Whoever gives up, by a timeout or because
/// its task is cancelled, harms nobody else: the exchange goes on. There is no thread while nothing is fetched.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct TokenProvider {
    tokens: Arc<blocking::TokenProvider>,
    herd: Arc<Herd>,
    identity_herd: Arc<Herd>,
    callers: Arc<Callers>,
    held: Mutex<Held>,
}

/// The token that was handed out last, and the last generation of its step that a service refused.
#[derive(Default)]
struct Held {
    token: Option<trusted_profile_core::AccessToken>,
    refused: u64,
}

#[uniffi::export]
impl TokenProvider {
    /// On a VPC instance: the metadata service vouches for the machine.
    ///
    /// # Errors
    /// `InvalidArgument`, as from every constructor, names the option that cannot be used. Nothing is sent yet.
    #[uniffi::constructor(default(source), default(options), default(listener))]
    pub fn vpc_instance(
        source: MetadataOptions,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(source.of("vpc_instance"), options, None, listener)
    }

    /// On a bare metal server.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(source), default(options), default(listener))]
    pub fn bare_metal(
        source: MetadataOptions,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(source.of("bare_metal"), options, None, listener)
    }

    /// In a pod or Code Engine: a compute resource token from a file, exchanged with IAM.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(options), default(listener))]
    pub fn container(
        source: ContainerOptions,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(source.into_source(), options, None, listener)
    }

    /// Anywhere else: an API key.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(iam), default(options), default(listener))]
    pub fn api_key(
        api_key: String,
        iam: IamOptions,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(SourceOptions { api_key: Some(api_key), ..iam.of("api_key") }, options, None, listener)
    }

    /// Another trusted profile, assumed with the token of `base`. `callback` is for a `base` that is `external`.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(options), default(callback), default(listener))]
    pub fn assume(
        base: SourceOptions,
        profile: AssumeOptions,
        options: ProviderOptions,
        callback: Option<Arc<dyn TokenCallback>>,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(profile.over(base), options, callback, listener)
    }

    /// The program's own callback.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(options), default(listener))]
    pub fn external(
        callback: Arc<dyn TokenCallback>,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(SourceOptions::named("external"), options, Some(callback), listener)
    }

    /// A token that is simply there. It is used until a service refuses it.
    ///
    /// # Errors
    /// As of `vpc_instance`.
    #[uniffi::constructor(default(options), default(listener))]
    pub fn bearer(
        token: String,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::from_source(SourceOptions { token: Some(token), ..SourceOptions::named("bearer") }, options, None, listener)
    }

    /// What the program's surroundings say: IBM's settings of `service` (environment, credential file, `VCAP_SERVICES`), the
    /// variables of IBM's command line or, where there are none, what kind of compute this is. A pod is never its node, and
    /// certificates are always verified. `docs/configuration.md` has all names and their order.
    ///
    /// # Errors
    /// `InvalidArgument` names the setting that cannot be used, and where it was found.
    #[uniffi::constructor(default(service = "trusted-profile"), default(options), default(listener))]
    pub fn from_environment(
        service: &str,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        Self::over(blocking::TokenProvider::from_environment(service)?, options, listener)
    }

    /// The source that its options name, as the other constructors make them.
    ///
    /// # Errors
    /// As of `vpc_instance`; also for a callback without an `external` source, and the reverse.
    #[uniffi::constructor(default(options), default(callback), default(listener))]
    pub fn from_source(
        source: SourceOptions,
        options: ProviderOptions,
        callback: Option<Arc<dyn TokenCallback>>,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        let is_external = source.is_external();
        let builder = Builder::from_options(source.into_core()?);
        let builder = match (callback, is_external) {
            (Some(callback), true) => builder.callback_blocking(fetching(callback)),
            (None, false) => builder,
            (Some(_), false) => return Err(invalid("callback: expected none, since the source is not external")),
            (None, true) => return Err(invalid("callback: expected one, since the source is external")),
        };
        Self::over(builder, options, listener)
    }

    /// A token that is usable now: at once, if there is one. Ask before every request.
    ///
    /// `timeout` is the caller's own limit, beside the policy's; the fetch goes on. Being cancelled works as well.
    ///
    /// # Errors
    /// Why there is none, with the likely causes; `DeadlineExceeded` after `timeout`, `Closed` after `shutdown`.
    #[uniffi::method(default(timeout))]
    pub async fn token(&self, timeout: Option<Duration>) -> Result<Arc<AccessToken>, TrustedProfileError> {
        let answer = match self.tokens.token(Some(Duration::ZERO)) {
            answer if is_final(&answer) => answer,
            _ => self.herd.answer(timeout).await,
        };
        self.handed_out(answer)
    }

    /// The same for a thread, which waits: for programs without tasks, such as those in Java.
    ///
    /// # Errors
    /// As of `token`.
    #[uniffi::method(default(timeout))]
    pub fn token_blocking(&self, timeout: Option<Duration>) -> Result<Arc<AccessToken>, TrustedProfileError> {
        self.handed_out(self.tokens.token(timeout))
    }

    /// The identity token of this instance or bare metal server, for calls to the metadata service.
    ///
    /// # Errors
    /// As of `token`; `InvalidArgument` where the source has none.
    #[uniffi::method(default(timeout))]
    pub async fn identity_token(&self, timeout: Option<Duration>) -> Result<Arc<AccessToken>, TrustedProfileError> {
        let answer = match self.tokens.identity_token(Some(Duration::ZERO)) {
            answer if is_final(&answer) => answer,
            _ => self.identity_herd.answer(timeout).await,
        };
        Ok(AccessToken::of(answer?))
    }

    /// The same for a thread, which waits.
    ///
    /// # Errors
    /// As of `identity_token`.
    #[uniffi::method(default(timeout))]
    pub fn identity_token_blocking(&self, timeout: Option<Duration>) -> Result<Arc<AccessToken>, TrustedProfileError> {
        Ok(AccessToken::of(self.tokens.identity_token(timeout)?))
    }

    /// The token that was handed out last, if it is still usable. Nothing is sent.
    #[must_use]
    pub fn peek(&self) -> Option<Arc<AccessToken>> {
        let now = trusted_profile::now();
        self.held().token.clone().filter(|token| now.is_before(token.usable_until())).map(AccessToken::of)
    }

    /// Tells the provider that a service refused `token` with 401; none means the one that was handed out last. A newer
    /// token stays.
    ///
    /// A service that refuses every token must not have each request fetch another one: within the policy's
    /// `invalidate_window` (10 s) the second refusal drops the token below as well, and further ones change nothing.
    #[uniffi::method(default(token))]
    pub fn invalidate(&self, token: Option<Arc<AccessToken>>) {
        let mut held = self.held();
        let Some(refused) = token.map(|token| token.token.clone()).or_else(|| held.token.clone()) else { return };
        // Generations are counted by step, and what is held is of the last one.
        let is_of_the_last_step = refused.slot() != trusted_profile::Slot::Identity;
        if is_of_the_last_step && held.token.as_ref().is_none_or(|token| token.slot() == refused.slot()) {
            held.refused = held.refused.max(refused.generation());
            held.token.take_if(|token| token.generation() <= refused.generation());
        }
        drop(held);
        self.tokens.invalidate(&refused);
    }

    /// Which source this is, why, and how it is doing. Holds no secret.
    #[must_use]
    pub fn describe(&self) -> Description {
        self.tokens.describe().into()
    }

    /// Ends what is under way. Callers that wait get `Closed`; a token that is cached can still be had.
    pub fn shutdown(&self) {
        self.tokens.close();
        self.herd.end();
        self.identity_herd.end();
        self.callers.end();
    }
}

impl TokenProvider {
    fn over(
        builder: Builder,
        options: ProviderOptions,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, TrustedProfileError> {
        let ProviderOptions { policy, ca_bundle, private_proxy } = options;
        let builder = ca_bundle.into_iter().fold(builder.policy(policy.into_core()?), Builder::ca_bundle);
        let mut builder = private_proxy.into_iter().fold(builder, Builder::private_proxy);
        if let Some(listener) = listener {
            builder = builder.on_event(move |event| listener.on_event(TokenEvent::from(event)));
        }
        let tokens = Arc::new(builder.build_blocking()?);
        let (ask, ask_identity) = (Arc::clone(&tokens), Arc::clone(&tokens));
        let (herd, identity_herd) = (Herd::new(move || ask.token(None)), Herd::new(move || ask_identity.identity_token(None)));
        Ok(Arc::new(Self { tokens, herd, identity_herd, callers: Arc::default(), held: Mutex::default() }))
    }

    /// For calls of operations.
    pub(crate) const fn blocking(&self) -> &Arc<blocking::TokenProvider> {
        &self.tokens
    }

    pub(crate) const fn callers(&self) -> &Arc<Callers> {
        &self.callers
    }

    fn handed_out(&self, answer: Answer) -> Result<Arc<AccessToken>, TrustedProfileError> {
        let token = answer?;
        let mut held = self.held();
        // Others may have brought a newer one, or have had this one refused, in the meantime.
        if token.generation() > held.refused && held.token.as_ref().is_none_or(|other| other.generation() <= token.generation()) {
            held.token = Some(token.clone());
        }
        drop(held);
        Ok(AccessToken::of(token))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether waiting would change nothing. What the machine says of a deadline of its own, it says again.
fn is_final(answer: &Answer) -> bool {
    !answer.as_ref().is_err_and(|error| error.code() == ErrorCode::DeadlineExceeded)
}

impl Drop for TokenProvider {
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl fmt::Display for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenProvider({})", self.tokens.describe().source)
    }
}
