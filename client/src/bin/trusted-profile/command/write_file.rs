//! `write-file`: keeps a file with the token fresh.

use crate::exit::{Exit, Failure};
use crate::keep_fresh::keep_fresh;
use crate::session::{Session, SessionArguments};
use crate::token::{Format, Token};
use crate::{atomic_file, readiness, signals};
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::path::PathBuf;

/// Write the token to a file, and keep the file fresh until SIGTERM or an interrupt
///
/// The file has mode 0600 and is replaced as a whole; it stays behind at the end. systemd is told after
/// the first write, so that units with Type=notify work. While a refresh fails the file stays as it is.
#[derive(Args)]
pub(crate) struct WriteFile {
    /// The file
    path: PathBuf,
    /// Write once, and end
    #[arg(long)]
    once: bool,
    /// What the file holds
    #[arg(long, value_enum, default_value_t = Format::Token)]
    format: Format,
    #[command(flatten)]
    session: SessionArguments,
}

impl WriteFile {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        // A dump of its memory would be a copy of the token that stays. Lowering a limit cannot fail.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        let session = Session::open(&self.session)?;
        let mut signals = signals::listen(&[SIGTERM, SIGINT])?;
        let first = signals::unless_interrupted(&mut signals, session.fetch()).await?;
        let write = |token: &Token| {
            let content = self.format.show(token, &session.source)?;
            let refuse = |error| Failure::new(Exit::CannotWrite, format!("{}: {error}", self.path.display()));
            atomic_file::write(&self.path, content.expose().as_bytes()).map_err(refuse)
        };
        if self.once {
            return write(&Token::from(&first));
        }
        write(&Token::from(&first))?;
        readiness::ready();
        tokio::select! {
            _ = signals.recv() => Ok(()),
            never = keep_fresh(&session, first.generation(), write) => match never {},
        }
    }
}
