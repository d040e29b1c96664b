//! Operations whose arguments and answers are Rust types.

use super::service::Service;
use super::{Client, blocking};
use trusted_profile_core::Error;
use trusted_profile_core::operation::Reply;
use trusted_profile_core::types::TypedOperation;

impl<S: Service> Client<S> {
    /// Sends an operation that is a struct of its arguments, such as [`types::vpc::ListInstances`](crate::types::vpc::ListInstances).
    ///
    /// # Errors
    /// As for [`Client::call`], also for an operation of another service.
    pub async fn send<O: TypedOperation>(&self, operation: O) -> Result<Reply<O::Output>, Error> {
        O::typed(self.call(&O::entry().id(), operation.arguments()).await?)
    }
}

impl<S: Service> blocking::Client<S> {
    /// Sends an operation that is a struct of its arguments; see [`crate::Client::send`].
    ///
    /// # Errors
    /// As for [`crate::Client::call`], also for an operation of another service.
    pub fn send<O: TypedOperation>(&self, operation: O) -> Result<Reply<O::Output>, Error> {
        O::typed(self.call(&O::entry().id(), operation.arguments())?)
    }
}
