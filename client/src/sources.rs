//! The constructors: one for each source, the same for both providers.

use crate::builder::{Builder, boxed};
use crate::callback::CallbackError;
use crate::{TokenProvider, blocking};
use trusted_profile_core::Error;
use trusted_profile_core::token::ExternalToken;

macro_rules! sources {
    ($provider:ty) => {
        impl $provider {
            /// What the program's surroundings say: IBM's settings of `service` (environment, credential
            /// file, `VCAP_SERVICES`), the variables of IBM's command line or, where there are none, what
            /// kind of compute this is. A pod is never its node, and certificates are always verified.
            /// [`DEFAULT_SERVICE`](crate::DEFAULT_SERVICE) is for programs that call no service in
            /// particular. The settings and their order: `docs/configuration.md`.
            ///
            /// # Errors
            /// `InvalidArgument` names the setting that cannot be used, and where it was found.
            pub fn from_environment(service: &str) -> Result<Builder, Error> {
                Builder::from_environment(service)
            }

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
                Builder::new("external").callback_blocking(callback)
            }
        }
    };
}

sources!(TokenProvider);
sources!(blocking::TokenProvider);
