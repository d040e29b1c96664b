//! Every read of the instance metadata service.

use super::always;
use crate::error::Error;
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, json_body, success};
use crate::secret::Secret;
use crate::wire::{BaseUrl, Invalid, Json, path_segment};
use http::{Method, Request, Response};

/// `GET /metadata/v1/...`: one document about this instance, for an identity token as bearer. VPC
/// instances only; bare metal servers have no metadata reads.
///
/// Source: VPC Metadata API, all of its operations. Collections come as one page: the service pages
/// `placement_groups` alone, by fifty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadMetadata {
    path: String,
}

/// A document as the service sent it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetadataDocument {
    /// The text. It may hold user data, passwords or licence keys.
    pub text: Secret,
    /// The same, parsed.
    pub json: Json,
}

/// A document or collection and its path; the third says whether its members are documents too.
type Entry = (&'static str, &'static str, bool);

const DOCUMENTS: [Entry; 10] = [
    ("instance", "/metadata/v1/instance", false),
    ("initialization", "/metadata/v1/instance/initialization", false),
    ("cluster_network_attachments", "/metadata/v1/instance/cluster_network_attachments", true),
    ("network_attachments", "/metadata/v1/instance/network_attachments", true),
    ("network_interfaces", "/metadata/v1/instance/network_interfaces", true),
    ("software_attachments", "/metadata/v1/instance/software_attachments", true),
    ("volume_attachments", "/metadata/v1/instance/volume_attachments", true),
    ("keys", "/metadata/v1/keys", true),
    ("placement_groups", "/metadata/v1/placement_groups", true),
    ("virtual_network_interfaces", "/metadata/v1/virtual_network_interfaces", true),
];

impl ReadMetadata {
    /// The documents and collections there are, by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        DOCUMENTS.iter().map(|(name, ..)| *name)
    }

    /// The document `name`, or with `id` one member of that collection.
    ///
    /// # Errors
    /// `InvalidArgument` names `document` when there is none of that name, and `id` when the document
    /// has no members or the id cannot stand in a path.
    pub fn new(name: &str, id: Option<&str>) -> Result<Self, Error> {
        let entry = DOCUMENTS.iter().find(|(known, ..)| *known == name);
        let (_, path, has_members) = entry.ok_or_else(|| Invalid::new("document", name, "the name of a metadata document"))?;
        let path = match id {
            None => (*path).to_owned(),
            Some(id) if *has_members => [path, "/", path_segment("id", id)?.as_str()].concat(),
            Some(id) => return Err(Invalid::new("id", id, "none, since the document has no members").into()),
        };
        Ok(Self { path })
    }
}

impl Operation for ReadMetadata {
    type Output = MetadataDocument;
    const SPEC: OperationSpec = OperationSpec {
        id: "metadata.read",
        method: Method::GET,
        // Every read has a path of its own.
        paths: &[always("/metadata/v1")],
        auth: Auth::IdentityToken,
        idempotent: true,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        let parts = RequestParts { path: Some(self.path.clone()), version: Some(version), ..RequestParts::default() };
        parts.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<MetadataDocument>, Error> {
        let reply = success(Self::SPEC.id, response)?;
        let json = json_body(Self::SPEC.id, &reply)?;
        // What was parsed as JSON is UTF-8.
        let text = Secret::new(String::from_utf8_lossy(&reply.value));
        Ok(Reply { status: reply.status, headers: reply.headers, value: MetadataDocument { text, json } })
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_VERSION;
    use super::*;

    fn path(name: &str, id: Option<&str>) -> Result<String, String> {
        let base = BaseUrl::parse("endpoint", "http://169.254.169.254").unwrap();
        let request = ReadMetadata::new(name, id).and_then(|read| read.request(&base, DEFAULT_VERSION));
        request.map(|request| request.uri().path().to_owned()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn eighteen_paths() {
        let mut paths: Vec<String> = ReadMetadata::names().map(|name| path(name, None).unwrap()).collect();
        paths.extend(ReadMetadata::names().filter_map(|name| path(name, Some("r006-1")).ok()));
        assert_eq!((paths.len(), paths.iter().filter(|path| path.ends_with("/r006-1")).count()), (18, 8));
        assert!(paths.iter().all(|path| path.starts_with("/metadata/v1/")), "{paths:?}");
    }

    #[test]
    fn an_id_cannot_leave_its_place() {
        assert_eq!(path("keys", Some("a/b c")).as_deref(), Ok("/metadata/v1/keys/a%2Fb%20c"));
        for (name, id, argument) in
            [("keys", "..", "id"), ("keys", "", "id"), ("keys", "%2e", "id"), ("instance", "x", "id"), ("disks", "", "document")]
        {
            let message = path(name, Some(id)).unwrap_err();
            assert!(message.starts_with(&format!("{argument}: expected ")), "{message}");
        }
    }

    #[test]
    fn the_text_stays_as_it_came_and_is_not_shown() {
        let body = "{ \"user_data\": \"hunter2\",\n  \"b\": 1, \"a\": 1.50 }";
        let document = ReadMetadata::parse(Response::new(body.as_bytes().to_vec())).unwrap().value;
        assert_eq!((document.text.expose(), document.json.text("user_data")), (body, Some("hunter2")));
        assert!(!format!("{document:?}").contains("hunter2"));
        for bad in ["", "[]", "<html></html>", "{", "{\"a\":\"\u{fffd}"] {
            assert!(ReadMetadata::parse(Response::new(bad.as_bytes().to_vec())).is_err(), "{bad}");
        }
    }
}
