//! The reader of the documents sees all that is in them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use catalog_gen::spec::{Auth, Kind, MediaType, Method, Next, Place, Schema, Service, Spec};
use catalog_gen::workspace_root;
use std::collections::{BTreeMap, BTreeSet};

fn spec() -> Spec {
    Spec::read(&workspace_root().join("core/spec")).unwrap()
}

#[test]
fn every_operation_is_read() {
    let counts: BTreeMap<&str, usize> = spec().services.iter().map(|service| (service.name, service.operations.len())).collect();
    let expected = [
        ("containers", 2),
        ("iam_access_groups", 34),
        ("iam_identity", 103),
        ("iam_policy_management", 63),
        ("iam_token", 5),
        ("metadata", 21),
        ("vpc", 478),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    let ids: BTreeSet<String> = spec().operations().map(|(_, operation)| operation.id.clone()).collect();
    assert_eq!(ids.len(), 706);
}

#[test]
fn every_kind_of_thing_occurs_as_often_as_in_the_documents() {
    let spec = spec();
    let count = |fits: &dyn Fn(&catalog_gen::spec::Operation) -> bool| spec.operations().filter(|(_, operation)| fits(operation)).count();
    let body = |media_type| count(&|o| o.body.as_ref().is_some_and(|body| body.media_type == media_type));
    let bodies = [MediaType::Json, MediaType::MergePatch, MediaType::Form, MediaType::Xml].map(body);
    assert_eq!(bodies, [152, 73, 3, 1]);
    let paged = |next| count(&|o| o.paging.as_ref().is_some_and(|paging| paging.next == next));
    let all = [Next::HrefStart, Next::Start, Next::Pagetoken, Next::HrefOffset, Next::OffsetTotal].map(paged);
    assert_eq!(all, [81, 11, 9, 4, 1]);
    assert_eq!(count(&|o| o.auth == Auth::None), 3);
    assert_eq!(count(&|o| o.auth == Auth::Grant), 3);
    assert_eq!(count(&|o| o.auth == Auth::IdentityToken), 20);
    assert_eq!(count(&|o| o.method == Method::Head), 1);
    assert_eq!(count(&|o| o.deprecated), 9);
    let parameters: Vec<_> = spec.operations().flat_map(|(_, operation)| &operation.parameters).collect();
    let placed = |place| parameters.iter().filter(|parameter| parameter.place == place).count();
    assert_eq!([Place::Path, Place::Query, Place::Header].map(placed), [846, 589, 128]);
    assert_eq!(parameters.iter().filter(|parameter| parameter.kind == Kind::Texts).count(), 4);
}

#[test]
fn every_reference_in_a_schema_is_a_named_schema() {
    for service in &spec().services {
        for schema in service.schemas.values() {
            check(service, schema);
        }
        for operation in &service.operations {
            operation.body.iter().for_each(|body| check(service, &body.schema));
            let contents = operation.successes.iter().filter_map(|success| success.content.as_ref());
            contents.for_each(|(_, schema)| check(service, schema));
        }
    }
}

fn check(service: &Service, schema: &Schema) {
    if let Some(name) = &schema.reference {
        assert!(service.schemas.contains_key(name), "{}: {name}", service.name);
        assert!(service.resolve(schema).reference.is_none());
    }
    let branches = schema.union.iter().flat_map(|union| &union.branches);
    let tagged = schema.union.iter().filter_map(|union| union.tag.as_ref()).flat_map(|tag| tag.mapping.values());
    assert!(tagged.into_iter().all(|name| service.schemas.contains_key(name)));
    schema.properties.values().chain(schema.items.as_deref()).chain(branches).for_each(|inner| check(service, inner));
}
