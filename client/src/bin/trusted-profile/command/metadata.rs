//! `metadata`: prints what the metadata service says about this instance.

use crate::exit::{Exit, Failure};
use crate::print;
use crate::session::{Session, SessionArguments};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::{self, IsTerminal as _};
use trusted_profile::services::ReadMetadata;

/// Print a document of the instance metadata service
///
/// The JSON is printed as it came, on a terminal with line breaks. It is printed whole: user data,
/// passwords and licence keys included.
#[derive(Args)]
pub(crate) struct Metadata {
    /// Which document or collection
    #[arg(default_value = "instance", value_parser = PossibleValuesParser::new(ReadMetadata::names()))]
    document: String,
    /// One member of the collection
    id: Option<String>,
    #[command(flatten)]
    session: SessionArguments,
}

impl Metadata {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let read = ReadMetadata::new(&self.document, self.id.as_deref())?;
        let session = Session::open(&self.session)?;
        if !session.has_metadata {
            let what = "metadata: only instances and bare metal servers have a metadata service, and the source is";
            return Err(Failure::new(Exit::Configuration, format!("{what} {}", session.source)));
        }
        let document = session.metadata(&read).await?;
        if io::stdout().is_terminal() {
            print::result(&format!("{:#}", document.json.as_value()))
        } else {
            print::result(document.text.expose())
        }
    }
}
