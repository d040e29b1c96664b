//! `claims`: prints what a token says about itself.

use crate::exit::{Exit, Failure};
use crate::input;
use crate::print::{self, note};
use crate::session::{CacheArguments, Session, SessionArguments};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Print header and payload of the token, unverified
#[derive(Args)]
pub(crate) struct Claims {
    /// Read the token from a file, or from standard input if this is -, and fetch none
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cache", "SourceArguments"])]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    session: SessionArguments,
}

impl Claims {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let (token, place) = match &self.token_file {
            Some(path) => (input::secret(path)?, input::name(path)),
            None => (Session::with_cache(&self.session, &self.cache)?.token().await?.text, "the token".to_owned()),
        };
        let shown = read(without_scheme(token.expose())).ok_or_else(|| {
            Failure::new(Exit::Input, format!("{place}: expected a JWT: three parts with dots between them, the first two of them JSON"))
        })?;
        note("nothing was verified: this is what the token says about itself");
        print::result(&format!("{shown:#}"))
    }
}

/// The token without what stands before it in a header.
fn without_scheme(text: &str) -> &str {
    let text = text.strip_prefix("Authorization: ").unwrap_or(text);
    text.strip_prefix("Bearer ").unwrap_or(text)
}

/// Header and payload of a JWT; `None` if it is none.
fn read(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let decode = |part| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok().filter(Value::is_object);
    match parts.next() {
        None => Some(json!({ "header": decode(header)?, "payload": decode(payload)? })),
        Some(_) => None,
    }
}
