//! `call`: any operation of the metadata service, IAM and the VPC API.

use crate::exit::{Exit, Failure};
use crate::operation::{answer, arguments, pairs};
use crate::print;
use crate::session::{Session, SessionArguments, within};
use clap::Args;
use std::time::Instant;
use trusted_profile::service::Service;
use trusted_profile::{Client, Containers, Entry, Iam, Json, Metadata, Vpc, catalog};
use trusted_profile_core::wire::to_text;

/// Call an operation of the metadata service, IAM or the VPC API
///
/// The answer is printed as JSON, on a terminal with line breaks. It is printed whole: keys and user data included. The
/// operations and their arguments: call --list, and docs/operations.md.
#[derive(Args)]
pub(crate) struct Call {
    /// Which, such as vpc.list_instances
    #[arg(required_unless_present = "list")]
    operation: Option<String>,
    /// Its arguments: text as it is, lists with commas, the body as JSON; @FILE and @- are what a file and standard input hold, @@ is an @
    #[arg(value_name = "NAME=VALUE")]
    arguments: Vec<String>,
    /// The region, for operations of vpc
    #[arg(long, help_heading = "Service")]
    region: Option<String>,
    /// Where the operation is called: public, private, private(REGION) or an address; --endpoint is for the token
    #[arg(long, value_name = "ADDRESS", help_heading = "Service")]
    service_endpoint: Option<String>,
    /// The items of all pages, each in a line of its own
    #[arg(long)]
    all: bool,
    /// List every operation, or those whose names hold OPERATION, with their arguments, optional ones in brackets; do nothing else
    #[arg(long, conflicts_with_all = ["arguments", "all"])]
    list: bool,
    #[command(flatten)]
    session: SessionArguments,
}

impl Call {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        if self.list {
            return list(self.operation.as_deref().unwrap_or_default());
        }
        let Some(operation) = &self.operation else { return Ok(()) };
        let entry = catalog::find(operation)?;
        let given = arguments(entry, &pairs(entry, &self.arguments)?)?;
        self.check(entry)?;
        let session = Session::open(&self.session)?;
        let tokens = &session.tokens;
        let endpoint = self.service_endpoint.as_deref().unwrap_or("public");
        match entry.service().name {
            "vpc" => {
                let vpc = Vpc::new(tokens).endpoint(endpoint);
                let vpc = self.region.iter().fold(vpc, |vpc, region| vpc.region(region));
                self.with(&vpc, &session, entry, given).await
            }
            "metadata" => self.with(&Metadata::new(tokens), &session, entry, given).await,
            "containers" => self.with(&Containers::new(tokens).endpoint(endpoint), &session, entry, given).await,
            _ => self.with(&Iam::new(tokens).endpoint(endpoint), &session, entry, given).await,
        }
    }

    /// Settings that the service does not have are mistakes.
    fn check(&self, entry: Entry) -> Result<(), Failure> {
        let service = entry.service().name;
        let refuse = |text: String| Err(Failure::new(Exit::Configuration, text));
        match (service, &self.region, &self.service_endpoint) {
            ("metadata", _, Some(_)) => {
                refuse("--service-endpoint: metadata is where the token comes from; --endpoint names it".to_owned())
            }
            ("vpc", None, None) => {
                refuse(format!("--region: expected the region that {} is for, such as us-south, or --service-endpoint", entry.id()))
            }
            ("vpc", _, _) | (_, None, _) => Ok(()),
            _ => refuse(format!("--region: vpc alone has regions, and {} is not of it", entry.id())),
        }
    }

    async fn with<S: Service>(&self, client: &Client<S>, session: &Session, entry: Entry, given: Json) -> Result<(), Failure> {
        let id = entry.id();
        if !self.all {
            let reply = session.patiently(&id, client.call(&id, given)).await?;
            return answer(&reply.value);
        }
        let (start, mut items) = (Instant::now(), client.items(&id, given));
        loop {
            let left = session.timeout.map(|timeout| timeout.saturating_sub(start.elapsed()));
            match within(left, async { items.next().await.transpose() }).await? {
                Some(item) => print::result(&to_text(item.as_value()))?,
                None => return Ok(()),
            }
        }
    }
}

fn list(part: &str) -> Result<(), Failure> {
    let found: Vec<_> = catalog::list().filter(|entry| entry.id().contains(part)).map(line).collect();
    if found.is_empty() {
        return Err(Failure::new(Exit::Configuration, format!("--list: no operation has {part:?} in its name")));
    }
    print::result(&found.join("\n"))
}

/// An operation and its arguments, those that may be left out in brackets.
fn line(entry: Entry) -> String {
    let body = entry.body().filter(|body| body.is_required).map(|_| "body".to_owned());
    let required: Vec<_> = entry.parameters().into_iter().filter(|p| p.is_required).map(|p| p.argument()).chain(body).collect();
    let shown = |name: String| if required.contains(&name) { name } else { format!("[{name}]") };
    std::iter::once(entry.id()).chain(entry.arguments().map(shown)).collect::<Vec<_>>().join(" ")
}
