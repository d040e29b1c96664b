#![no_main]

#[path = "../bodies/scripts.rs"]
mod body;
#[path = "../../tests/world/mod.rs"]
mod world;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
