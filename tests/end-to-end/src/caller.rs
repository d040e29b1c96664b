//! Both providers behind one face, so that each test tells its story once.

use std::sync::{Arc, OnceLock};
use tokio::runtime::{Builder as RuntimeBuilder, Runtime};
use trusted_profile::{AccessToken, Builder, Description, Error, TokenProvider, blocking};

/// Which of the two providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// For programs on tokio.
    Async,
    /// For programs that block.
    Blocking,
}

impl Manner {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Async, Self::Blocking];
}

/// A provider that threads call.
#[derive(Clone)]
pub enum Caller {
    /// Driven by [`runtime`].
    Async(TokenProvider),
    /// Drives itself.
    Blocking(Arc<blocking::TokenProvider>),
}

impl Caller {
    /// Builds a provider of that manner.
    #[must_use]
    pub fn new(builder: Builder, manner: Manner) -> Self {
        match manner {
            Manner::Async => Self::Async(builder.build().unwrap()),
            Manner::Blocking => Self::Blocking(Arc::new(builder.build_blocking().unwrap())),
        }
    }

    /// A token.
    ///
    /// # Errors
    /// As the provider's.
    pub fn token(&self) -> Result<AccessToken, Error> {
        match self {
            Self::Async(tokens) => {
                let tokens = tokens.clone();
                runtime().block_on(async move { tokens.token().await })
            }
            Self::Blocking(tokens) => tokens.token(None),
        }
    }

    /// What the provider says of itself.
    #[must_use]
    pub fn describe(&self) -> Description {
        match self {
            Self::Async(tokens) => tokens.describe(),
            Self::Blocking(tokens) => tokens.describe(),
        }
    }
}

/// The runtime that the tests of one program share.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| RuntimeBuilder::new_multi_thread().worker_threads(4).enable_all().build().unwrap())
}
