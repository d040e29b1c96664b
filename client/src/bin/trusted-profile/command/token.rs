//! `token`: prints the token.

use crate::exit::Failure;
use crate::print;
use crate::session::{CacheArguments, Session, SessionArguments};
use crate::token::Format;
use clap::Args;

/// Print an IAM access token
#[derive(Args)]
pub(crate) struct Token {
    /// Print the header `Authorization: Bearer ...`, as curl -H @- takes it
    #[arg(long)]
    header: bool,
    /// Print a JSON object: access_token, token_type, expires_in and expiration in seconds if they are known, source, cached
    #[arg(long, conflicts_with = "header")]
    json: bool,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    session: SessionArguments,
}

impl Token {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let session = Session::with_cache(&self.session, &self.cache)?;
        let token = session.token().await?;
        let format = match (self.header, self.json) {
            (true, _) => Format::Header,
            (_, true) => Format::Json,
            _ => Format::Token,
        };
        print::result(format.show(&token, &session.source)?.expose())
    }
}
