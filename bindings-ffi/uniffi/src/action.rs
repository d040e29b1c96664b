//! What the machine asks for.

use crate::error_class::TrustedProfileError;
use crate::exchange::Exchange;
use crate::numbers::signed;
use crate::time::bounded;
use crate::token::AccessToken;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile_core::token::Input;
use trusted_profile_core::{Error, ErrorCode};

/// What to do next.
#[derive(uniffi::Enum)]
pub enum Action {
    /// There is a token.
    Ready {
        /// The token.
        token: Arc<AccessToken>,
    },
    /// Send this in a unit of work of its own; then `handle` its answer, or `fail` it.
    Send {
        /// The request and its limits.
        exchange: Exchange,
    },
    /// Read these files in order until one holds something; then `provide_files`.
    NeedFiles {
        /// Goes back with what was read.
        id: i64,
        /// The paths, most preferred first.
        paths: Vec<String>,
        /// The longest file, in bytes.
        max_bytes: i64,
    },
    /// Call the program's token callback; then `provide_token` or `provide_failure`.
    NeedToken {
        /// Goes back with the token.
        id: i64,
        /// How long it may take.
        timeout: Duration,
    },
    /// Wait to be woken, but no longer than this, then poll again.
    Wait {
        /// The longest wait.
        at_most: Duration,
    },
    /// There is no token.
    Failed {
        /// Why, to be thrown.
        error: TrustedProfileError,
    },
}

impl From<trusted_profile_core::Action> for Action {
    fn from(action: trusted_profile_core::Action) -> Self {
        use trusted_profile_core::Action as Core;
        match action {
            Core::Ready(token) => Self::Ready { token: AccessToken::of(token) },
            Core::Send(exchange) => Self::Send { exchange: (*exchange).into() },
            Core::NeedInput { id, input: Input::CrTokenFile { paths, max_bytes } } => {
                Self::NeedFiles { id: signed(id.0), paths, max_bytes: signed(max_bytes) }
            }
            Core::NeedInput { id, input: Input::External { timeout } } => Self::NeedToken { id: signed(id.0), timeout: bounded(timeout) },
            Core::Wait { at_most } => Self::Wait { at_most: bounded(at_most) },
            Core::Failed(error) => Self::Failed { error: error.into() },
            Core::NeedInput { .. } => {
                let error = Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know");
                Self::Failed { error: error.into() }
            }
        }
    }
}

/// One caller's place in a machine. A new one for every call for a token.
#[derive(Default, uniffi::Object)]
pub struct Ticket {
    ticket: Mutex<trusted_profile_core::Ticket>,
}

#[uniffi::export]
impl Ticket {
    /// A new one.
    #[must_use]
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }
}

impl Ticket {
    pub(crate) fn lock(&self) -> MutexGuard<'_, trusted_profile_core::Ticket> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
