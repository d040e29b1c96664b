//! Verifying tokens, against an IAM that really signs them: what is let in, what is kept out, and what
//! the fetching of keys costs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod accepted;
mod confusion;
mod gate;
mod keys;
mod refused;
mod secrets;

use gate::Gate;
