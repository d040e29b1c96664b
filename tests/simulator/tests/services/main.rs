//! The services as programs meet them: over a socket.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod certificates;
mod command;
mod control;
mod elsewhere;
mod every_operation;
mod fault_schema;
mod faults;
mod host_and_origin;
mod iam;
mod management;
mod metadata;
mod object_store;
mod resources;
mod seed;
mod setting;
mod tls;
mod token_file;
mod wire;
