//! What a program implements: its own token callback, and a listener.

use crate::event::TokenEvent;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use trusted_profile::CallbackError as Boxed;
use trusted_profile_core::{Secret, token};
use uniffi::UnexpectedUniFFICallbackError;

/// The program's own source of tokens, for `TokenProvider.external`.
#[uniffi::export(with_foreign)]
pub trait TokenCallback: Send + Sync {
    /// A token and its remaining life. Called in a thread of its own, where it may block; never twice at once.
    ///
    /// Whatever it throws goes into errors with its text, which must hold no secret.
    ///
    /// # Errors
    /// There is no token, and why.
    fn fetch_token(&self) -> Result<ExternalToken, CallbackError>;
}

/// Is told what happens to tokens.
#[uniffi::export(with_foreign)]
pub trait EventListener: Send + Sync {
    /// Something happened. Called one at a time and in order, by whichever thread reports it: it must not block for long,
    /// and should throw nothing. What it throws all the same goes to the error output, and no further.
    fn on_event(&self, event: TokenEvent);
}

/// What a [`TokenCallback`] returns. As text, it does not show the token.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ExternalToken {
    /// The token's text.
    pub access_token: String,
    /// Its remaining life.
    pub expires_in: Duration,
}

impl ExternalToken {
    pub(crate) fn into_core(self) -> token::ExternalToken {
        token::ExternalToken { access_token: Secret::new(self.access_token), expires_in: self.expires_in }
    }
}

impl fmt::Display for ExternalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalToken({} s)", self.expires_in.as_secs())
    }
}

/// Why a [`TokenCallback`] has no token. Any other exception does as well.
#[derive(Clone, Debug, uniffi::Error)]
pub enum CallbackError {
    /// There is none.
    Failed {
        /// Why, in words that hold no secret.
        reason: String,
    },
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { reason } = self;
        f.write_str(reason)
    }
}

impl std::error::Error for CallbackError {}

impl From<UnexpectedUniFFICallbackError> for CallbackError {
    fn from(thrown: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: thrown.reason }
    }
}

/// The callback as the client calls it.
pub(crate) fn fetching(callback: Arc<dyn TokenCallback>) -> impl Fn() -> Result<token::ExternalToken, Boxed> + Send + Sync {
    move || Ok(callback.fetch_token()?.into_core())
}
