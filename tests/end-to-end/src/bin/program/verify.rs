//! Verifies the tokens of standard input, shows all that comes of it, and panics with it.

use crate::everything::show_error;
use crate::{capture, print, variable};
use end_to_end::runtime;
use std::io::Read as _;
use trusted_profile::Error;
use trusted_profile::verify::{IBM_CLOUD_ISSUER, VerifiedClaims, Verifier};

fn show(outcome: &Result<VerifiedClaims, Error>) {
    match outcome {
        Ok(claims) => print(&format!("accepted: {claims:?}")),
        Err(error) => show_error(error),
    }
}

pub(crate) fn run() {
    capture::start();
    let mut tokens = String::new();
    std::io::stdin().read_to_string(&mut tokens).unwrap();
    let builder = || Verifier::builder(IBM_CLOUD_ISSUER, variable("ACCOUNT_ID")).endpoint(variable("IAM_URL"));
    let (tasks, threads) = (builder().build().unwrap(), builder().build_blocking().unwrap());
    let mut outcomes = Vec::new();
    for token in tokens.lines() {
        outcomes.push(runtime().block_on(tasks.verify(token)));
        outcomes.push(threads.verify(token, None));
    }
    outcomes.iter().for_each(show);
    panic!("this program is done, and holds {outcomes:#?}");
}
