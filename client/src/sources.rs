//! The constructors: one for each source, the same for both providers.

use crate::builder::{Builder, boxed};
use crate::callback::{Callback, CallbackError};
use crate::{TokenProvider, blocking};
use std::sync::Arc;
use trusted_profile_core::token::ExternalToken;

macro_rules! sources {
    ($provider:ty) => {
        impl $provider {
            /// On a VPC instance: the metadata service vouches for the machine. Without a profile
            /// the instance's default trusted profile is taken.
            pub fn vpc_instance() -> Builder {
                Builder::new("vpc_instance")
            }

            /// On a bare metal server: as on an instance, but there are no metadata reads.
            pub fn bare_metal() -> Builder {
                Builder::new("bare_metal")
            }

            /// In a pod or Code Engine: a compute resource token from a file, exchanged with IAM. A
            /// profile has to be named.
            pub fn container() -> Builder {
                Builder::new("container")
            }

            /// Anywhere else: an API key.
            pub fn api_key(key: impl Into<String>) -> Builder {
                Builder::new("api_key").api_key(key)
            }

            /// Another trusted profile, assumed with the token of `base`. A profile has to be named.
            pub fn assume(base: Builder) -> Builder {
                Builder::new("assume").base(base)
            }

            /// A token that is simply there. It is used until a service refuses it.
            pub fn bearer(token: impl Into<String>) -> Builder {
                Builder::new("bearer").bearer(token)
            }

            /// The program's own asynchronous callback.
            pub fn external<F, A>(callback: F) -> Builder
            where
                F: Fn() -> A + Send + Sync + 'static,
                A: Future<Output = Result<ExternalToken, CallbackError>> + Send + 'static,
            {
                Builder::new("external").with_callback(boxed(callback))
            }

            /// The program's own callback, which may block.
            pub fn external_blocking(callback: impl Fn() -> Result<ExternalToken, CallbackError> + Send + Sync + 'static) -> Builder {
                Builder::new("external").with_callback(Callback::Blocking(Arc::new(callback)))
            }
        }
    };
}

sources!(TokenProvider);
sources!(blocking::TokenProvider);
