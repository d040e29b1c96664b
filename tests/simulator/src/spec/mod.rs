//! The services' documents, and a reader of them that is the simulator's own: it shares nothing with
//! the SDK, or a mistake in one would be a mistake in both.

mod check;
mod document;
mod example;
mod operation;
mod route;
mod schema;
mod words;

use std::io::Read as _;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

pub(crate) use check::{Fault, Violation};
pub(crate) use document::Document;
pub(crate) use example::Maker;
pub(crate) use operation::{Next, Operation, Paging, Parameter, Place, Segment, segments as template};
pub(crate) use route::Routed;
pub(crate) use words::Dice;

/// One of the described interfaces. Several may share a service, as three of them share IAM's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Api {
    Vpc,
    Metadata,
    IamToken,
    IamIdentity,
    AccessGroups,
    Policies,
    Containers,
}

static DOCUMENTS: [OnceLock<Document>; 7] = [const { OnceLock::new() }; 7];

impl Api {
    /// In the order in which they stand in [`DOCUMENTS`].
    pub(crate) const ALL: [Self; 7] =
        [Self::Vpc, Self::Metadata, Self::IamToken, Self::IamIdentity, Self::AccessGroups, Self::Policies, Self::Containers];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Metadata => "metadata",
            Self::IamToken => "iam-token",
            Self::IamIdentity => "iam-identity",
            Self::AccessGroups => "iam-access-groups",
            Self::Policies => "iam-policy-management",
            Self::Containers => "containers",
        }
    }

    /// What the server's URL has before the paths of the document.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Vpc => "/v1",
            Self::Containers => "/global",
            _ => "",
        }
    }

    /// The document, unpacked and read by whoever asks for it first: no simulator starts later for it.
    pub(crate) fn document(self) -> &'static Document {
        static EMPTY: OnceLock<Document> = OnceLock::new();
        let slot = DOCUMENTS.get(self as usize).unwrap_or(&EMPTY);
        slot.get_or_init(|| Document::read(&unpack(self.packed()).unwrap_or_default()))
    }

    /// The files of `core/spec`, compressed: whole, they would be an eighth of the command line program.
    fn packed(self) -> &'static [u8] {
        match self {
            Self::Vpc => include_bytes!("../../documents/vpc.openapi.json.gz"),
            Self::Metadata => include_bytes!("../../documents/metadata.openapi.json.gz"),
            Self::IamToken => include_bytes!("../../documents/iam-token.openapi.json.gz"),
            Self::IamIdentity => include_bytes!("../../documents/iam-identity.openapi.json.gz"),
            Self::AccessGroups => include_bytes!("../../documents/iam-access-groups.openapi.json.gz"),
            Self::Policies => include_bytes!("../../documents/iam-policy-management.openapi.json.gz"),
            Self::Containers => include_bytes!("../../documents/containers.openapi.json.gz"),
        }
    }
}

fn unpack(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn what_is_embedded_is_what_stands_in_the_core() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/spec");
        for api in Api::ALL {
            let file = folder.join(format!("{}.openapi.json", api.name()));
            let embedded = unpack(api.packed()).unwrap();
            assert!(std::fs::read(&file).unwrap() == embedded, "{} has changed: make generate", file.display());
        }
    }

    #[test]
    fn every_operation_is_read() {
        let counts: Vec<usize> = Api::ALL.iter().map(|api| api.document().operations.len()).collect();
        assert_eq!(counts, [478, 21, 5, 103, 34, 63, 2]);
    }
}
