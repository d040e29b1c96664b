//! The program's own token callback.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use trusted_profile_core::token::ExternalToken;

/// What a callback may fail with. Its text goes into errors: it must hold no secret.
pub type CallbackError = Box<dyn StdError + Send + Sync>;

type Answer = Result<ExternalToken, CallbackError>;
type Asynchronous = dyn Fn() -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// A callback of either manner.
#[derive(Clone)]
pub(crate) enum Callback {
    Async(Arc<Asynchronous>),
    Blocking(Arc<dyn Fn() -> Answer + Send + Sync>),
}

impl Callback {
    /// Calls it. A panic is a failure like others.
    pub(crate) async fn call(&self, timeout: Duration) -> Result<ExternalToken, String> {
        let answer = match self {
            Self::Async(callback) => {
                let mut task = tokio::spawn(callback());
                match tokio::time::timeout(timeout, &mut task).await {
                    Ok(joined) => joined.map_err(|_| "it panicked".to_owned())?,
                    Err(_) => {
                        task.abort();
                        return Err(format!("it took longer than {:.1} s", timeout.as_secs_f64()));
                    }
                }
            }
            Self::Blocking(callback) => {
                let callback = Arc::clone(callback);
                let call = tokio::task::spawn_blocking(move || callback());
                match tokio::time::timeout(timeout, call).await {
                    Ok(joined) => joined.map_err(|_| "it panicked".to_owned())?,
                    Err(_) => return Err(format!("it took longer than {:.1} s", timeout.as_secs_f64())),
                }
            }
        };
        answer.map_err(|error| error.to_string())
    }
}
