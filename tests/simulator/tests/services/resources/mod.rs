//! The described interfaces as a program uses them: what one request does, the next one sees.

mod access;
mod beside;
mod identities;
mod network;
mod pages;
mod refusals;
mod servers;
