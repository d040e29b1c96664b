//! The native part of the Python package `trusted_profile`: the token machine and the client's transport.
//!
//! The locks in here are taken by threads that are attached to the interpreter, for a moment, and never
//! while Python code runs: whoever holds one does not wait for the interpreter, and no child of `fork`
//! inherits one that is held.

mod action;
mod arguments;
mod call;
mod decode;
mod exchange;
mod machine;
mod operations;
mod options;
mod origins;
mod problem;
mod provider;
mod sender;
mod time;
mod token;
mod values;

use pyo3::prelude::*;

/// The names that Python sees. That its calls are atomic rests on the interpreter's lock.
#[pymodule(gil_used = true)]
mod _native {
    #[pymodule_export]
    use crate::action::{Action, Ticket};
    #[pymodule_export]
    use crate::call::{Call, Step};
    #[pymodule_export]
    use crate::exchange::{Exchange, Response};
    #[pymodule_export]
    use crate::machine::TokenManager;
    #[pymodule_export]
    use crate::operations::Operations;
    #[pymodule_export]
    use crate::origins::AllowedOrigins;
    #[pymodule_export]
    use crate::provider::{Provider, detect, diagnose};
    #[pymodule_export]
    use crate::sender::Sender;
    #[pymodule_export]
    use crate::time::Now;
    #[pymodule_export]
    use crate::token::{AccessToken, ExternalToken};
}
