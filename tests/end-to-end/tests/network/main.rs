//! The client without any override, against the services' real names and addresses, on machines that
//! exist only while a test runs: a network, a root directory and trusted certificates of their own,
//! where the simulator is all that can answer.
//!
//! Each case is this program started anew under `unshare`, as root or in a user namespace.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod apart;
mod causes;
mod instances;
mod machine;
mod neighbour;
mod pods;
mod real_addresses;
mod scene;
