//! `metadata`: prints what the metadata service says about this instance.

use crate::exit::{Exit, Failure};
use crate::operation::{answer, arguments, pairs};
use crate::print;
use crate::session::{Session, SessionArguments};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::{self, IsTerminal as _};
use trusted_profile::services::ReadMetadata;
use trusted_profile::{Entry, Metadata as Client, catalog};

/// Print a document of the instance metadata service, or call one of its operations
///
/// A document is printed as it came, on a terminal with line breaks. It is printed whole: user data,
/// passwords and licence keys included; so are the tokens that some operations answer with.
#[derive(Args)]
pub(crate) struct Metadata {
    /// Which document, collection or operation
    #[arg(default_value = "instance", value_name = "DOCUMENT|OPERATION", value_parser = PossibleValuesParser::new(names()))]
    what: String,
    /// One member of the collection, or the arguments of the operation
    #[arg(value_name = "ID|NAME=VALUE")]
    arguments: Vec<String>,
    #[command(flatten)]
    session: SessionArguments,
}

impl Metadata {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let session = Session::open(&self.session)?;
        if !session.has_metadata {
            let what = "metadata: only instances and bare metal servers have a metadata service, and the source is";
            return Err(Failure::new(Exit::Configuration, format!("{what} {}", session.source)));
        }
        match catalog::find(&["metadata.", &self.what].concat()) {
            Ok(entry) => self.call(&session, entry).await,
            Err(_) => self.read(&session).await,
        }
    }

    async fn call(&self, session: &Session, entry: Entry) -> Result<(), Failure> {
        let given = arguments(entry, &pairs(entry, &self.arguments)?)?;
        let client = Client::new(&session.tokens);
        let reply = session.patiently("the metadata service", client.call(&entry.id(), given)).await?;
        answer(&reply.value)
    }

    async fn read(&self, session: &Session) -> Result<(), Failure> {
        let id = match self.arguments.as_slice() {
            [] => None,
            [id] => Some(id.as_str()),
            _ => return Err(Failure::new(Exit::Configuration, format!("{}: expected one id at most", self.what))),
        };
        let read = ReadMetadata::new(&self.what, id)?;
        let document = session.metadata(&read).await?;
        if io::stdout().is_terminal() {
            print::result(&format!("{:#}", document.json.as_value()))
        } else {
            print::result(document.text.expose())
        }
    }
}

/// The documents and collections, then the operations.
fn names() -> Vec<&'static str> {
    let operations = catalog::list().filter(|entry| entry.service().name == "metadata").map(|entry| entry.name());
    ReadMetadata::names().chain(operations).collect()
}
