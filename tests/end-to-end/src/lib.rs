//! What the end-to-end tests stand on: an account in a simulator, callers of either manner, a plain
//! HTTP client, programs in processes of their own, and the search for secrets.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "only tests use this, and a test may panic")]

mod account;
mod caller;
mod child;
#[cfg(target_os = "linux")]
pub mod isolation;
mod plain;
pub mod spellings;

pub use account::{Account, brisk, calm};
pub use caller::{Caller, Manner, runtime};
pub use child::{Outcome, Program, python};
pub use plain::{get, plain_client};
