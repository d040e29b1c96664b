//! Eight threads, one token: `cargo run --example threads [ENDPOINT]`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::thread;
use std::time::Duration;
use trusted_profile::blocking::TokenProvider;

fn main() -> Result<(), trusted_profile::Error> {
    let mut builder = TokenProvider::vpc_instance().on_event(|event| println!("{event:?}"));
    if let Some(endpoint) = std::env::args().nth(1) {
        builder = builder.endpoint(endpoint);
    }
    let tokens = builder.build_blocking()?;
    thread::scope(|scope| {
        for number in 0..8 {
            let tokens = &tokens;
            scope.spawn(move || match tokens.token(Some(Duration::from_secs(20))) {
                Ok(token) => println!("thread {number}: generation {}", token.generation()),
                Err(error) => println!("thread {number}: {error}"),
            });
        }
    });
    Ok(())
}
