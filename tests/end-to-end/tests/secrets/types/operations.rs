//! The types of operations and their clients.

use super::*;
use std::sync::{Arc, Mutex};
use trusted_profile::driver::{Patience, Walk};
use trusted_profile_core::call::{
    Call, Client, ClientOptions, EntityTags, ItemStatus, Limits, Manner, Options, Settings, TokenKind, Until,
};
use trusted_profile_core::catalog;
use trusted_profile_core::types::runtime::Branch;
use trusted_profile_core::types::{DateTime, Other, Patch, Scalar, Shape};

/// Operations with secrets in their arguments, on their way, and in their answers.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let entry = catalog::find("iam_identity.get_api_keys_details").unwrap();
    let pages = catalog::find("vpc.list_instances").unwrap();
    let target = || Target::new(BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com").unwrap());
    let arguments = || Json::parse(format!("{{\"iam_api_key\": {OPAQUE:?}}}").as_bytes()).unwrap();
    let mut call = Call::once(entry, &arguments(), target(), &Options::default(), 1).unwrap();
    let now = trusted_profile::now();
    let first = call.poll(now);
    call.token(now, Secret::new(JWT), 1);
    let sent = call.poll(now);
    let item = ItemStatus { list: "members".to_owned(), index: 0, status: 200, code: None, message: None };
    let tokens = || TokenProvider::bearer(JWT).build().unwrap();
    let blocking_tokens = TokenProvider::bearer(JWT).build_blocking().unwrap();
    let client = trusted_profile::Iam::new(&tokens());
    let mut other = Other::default();
    other.insert("user_data", OPAQUE);
    show![
        Other: other,
        Patch: Patch::Set(Secret::new(OPAQUE)),
        Scalar: Scalar::Text(OPAQUE),
        Shape: Shape::Object,
        Branch: Branch { tags: &["tag"], required: &[], fixed: &[], known: &[] },
        DateTime: DateTime::new("2026-11-28T12:00:00Z"),
        Step: (first, sent),
        Call: call,
        TokenKind: TokenKind::Iam,
        Options: Options::default(),
        Limits: Limits::of(entry.service()),
        Until: Until::link_effective(),
        EntityTags: EntityTags::default(),
        ItemStatus: item,
        Content: [
            Content::Text(Secret::new(OPAQUE)),
            Content::Json(arguments()),
            Content::Unread { text: Secret::new(OPAQUE), outline: arguments() },
        ],
        Settings: Settings::of(&["vpc"]),
        Manner: Manner::Until(Until::link_effective()),
        Service: entry.service(),
        Entry: entry,
        Body: catalog::find("vpc.create_instance").unwrap().body(),
        Format: Format::Json,
        Answer: entry.answer(),
        Parameter: entry.parameters(),
        Kind: Kind::Secret,
        Paging: pages.paging(),
        Next: Next::Start,
        Target: target(),
        Pages: Pages::new(pages, arguments()).unwrap(),
        ClientOptions: ClientOptions::default(),
        Client: Client::new("iam", ClientOptions::default()).unwrap(),
        MetadataService: MetadataService::from_json(r#"{"endpoint":"http://169.254.169.254","version":"2025-08-26","bare_metal":false}"#).unwrap(),
        Patience: Patience::default(),
        Walk: {
            let iam = Arc::new(Mutex::new(Client::new("iam", ClientOptions::default()).unwrap()));
            let tokens = Arc::new(TokenProvider::bearer(JWT).build_blocking().unwrap());
            let arguments = format!("{{\"iam_api_key\": {OPAQUE:?}}}");
            Walk::begin(&tokens, &iam, "get_api_keys_details", &arguments, Manner::Once).unwrap()
        },
        Client: blocking::Iam::new(blocking_tokens),
        Iam: client.clone(),
        Metadata: trusted_profile::Metadata::new(&tokens()),
        Vpc: [trusted_profile::Vpc::new(&tokens())],
        Containers: trusted_profile::Containers::new(&tokens()),
        Items: client.items("list_api_keys", arguments()),
        Pages: client.pages("list_api_keys", arguments()),
    ]
}
