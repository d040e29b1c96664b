//! Every operation of the catalog: its arguments, its request, its mistakes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use trusted_profile_core::catalog;
use trusted_profile_core::operation::{ApiDate, Entry, Format, Kind, Parameter, Place, Target};
use trusted_profile_core::wire::{BaseUrl, Json};
use trusted_profile_core::{Error, ErrorCode};

fn target() -> Target {
    Target::new(BaseUrl::parse("endpoint", "https://service.example/prefix").unwrap())
}

fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Secret => json!("a/b c"),
        Kind::Integer => json!(7),
        Kind::Boolean => json!(true),
        Kind::Texts => json!(["one", "two"]),
    }
}

fn sample_body(format: Format) -> Value {
    match format {
        Format::Json | Format::MergePatch => json!({ "name": "n", "gone": null }),
        Format::Form => json!({ "grant_type": "g", "absent": null, "number": 7 }),
        Format::Xml => json!("<xml/>"),
    }
}

/// Every argument of an operation.
fn all(entry: Entry) -> Map<String, Value> {
    let given = entry.parameters().into_iter().filter(|p| p.constant.is_none()).map(|p| (p.argument(), sample(p.kind)));
    given.chain(entry.body().map(|body| ("body".to_owned(), sample_body(body.format)))).collect()
}

fn build(entry: Entry, arguments: Map<String, Value>) -> Result<http::Request<Vec<u8>>, Error> {
    entry.request(&Json::from(Value::Object(arguments)), &target())
}

fn refused(entry: Entry, arguments: Map<String, Value>) -> String {
    let error = build(entry, arguments).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    error.message().to_owned()
}

#[test]
fn there_are_706_operations() {
    let ids: BTreeSet<String> = catalog::list().map(|entry| entry.id()).collect();
    assert_eq!((ids.len(), catalog::list().count()), (706, 706));
    for id in ids {
        assert_eq!(catalog::find(&id).unwrap().id(), id);
    }
}

#[test]
fn every_operation_sends_every_argument() {
    let mut sent = 0;
    for entry in catalog::list() {
        let request = build(entry, all(entry)).unwrap();
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        assert!(path.starts_with("/prefix/") && !path.contains(['{', '}']) && !path.contains("//"), "{entry:?} {path}");
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        for parameter in entry.parameters() {
            sent += 1;
            let wanted = parameter.constant.map_or_else(|| plain(&sample(parameter.kind)), str::to_owned);
            let found = match parameter.place {
                Place::Path => path.contains("/a%2Fb%20c"),
                Place::Query => pairs.contains(&(parameter.name.to_owned(), wanted)),
                Place::Header => request.headers().get(parameter.name).is_some_and(|value| *value == wanted),
            };
            assert!(found, "{entry:?}: {} is not in {request:?}", parameter.name);
        }
        let of_service = usize::from(entry.service().version.is_some()) + usize::from(entry.service().generation.is_some());
        let own = entry.parameters().into_iter().filter(|p| p.place == Place::Query).count();
        assert_eq!(pairs.len(), own + of_service, "{entry:?} sends what nobody asked for: {query}");
        assert_eq!(request.headers().contains_key("content-type"), entry.body().is_some(), "{entry:?}");
        assert!(!request.headers().contains_key("authorization"));
    }
    assert!(sent > 1500, "only {sent} parameters were seen");
}

/// A value as it stands in a query or header.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[test]
fn arguments_have_names_of_their_own() {
    for entry in catalog::list() {
        let names: Vec<String> = entry.arguments().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{entry:?} {names:?}");
        let is_plain = |name: &String| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(names.iter().all(is_plain), "{entry:?} {names:?}");
    }
    let names: Vec<String> = catalog::find("iam_identity.get_api_keys_details").unwrap().arguments().collect();
    assert_eq!(names, ["iam_api_key", "include_history"]);
}

#[test]
fn what_is_required_is_named_when_it_is_missing() {
    for entry in catalog::list() {
        let required: Vec<String> =
            entry.parameters().into_iter().filter(|p| p.is_required && p.constant.is_none()).map(|p| p.argument()).collect();
        let required = [required, entry.body().filter(|body| body.is_required).map(|_| "body".to_owned()).into_iter().collect()].concat();
        for name in &required {
            for absent in [None, Some(Value::Null)] {
                let mut arguments = all(entry);
                arguments.remove(name);
                arguments.extend(absent.map(|null| (name.clone(), null)));
                assert_eq!(refused(entry, arguments), format!("{}: the argument {name} is missing", entry.id()));
            }
        }
        match required.len() {
            0 => assert!(build(entry, Map::new()).is_ok(), "{entry:?}"),
            1 => {}
            _ => assert_eq!(refused(entry, Map::new()), format!("{}: the arguments {} are missing", entry.id(), required.join(", "))),
        }
    }
}

#[test]
fn another_kind_of_value_is_refused_by_name() {
    let strange = [json!("text"), json!(7), json!(1.5), json!(true), json!(["a"]), json!([]), json!(["a,b"]), json!([7]), json!({})];
    for entry in catalog::list() {
        for parameter in entry.parameters().into_iter().filter(|p| p.constant.is_none()) {
            for value in &strange {
                let mut arguments = all(entry);
                arguments.insert(parameter.argument(), value.clone());
                let fits = match parameter.kind {
                    Kind::Text | Kind::Secret => value.is_string(),
                    Kind::Integer => value.is_u64(),
                    Kind::Boolean => value.is_boolean(),
                    Kind::Texts => *value == json!(["a"]),
                };
                if fits {
                    build(entry, arguments).unwrap();
                } else {
                    let message = refused(entry, arguments);
                    let start = format!("{}: {}: expected ", entry.id(), parameter.argument());
                    assert!(message.starts_with(&start), "{message}");
                    assert_eq!(message.ends_with(&format!(", got {value}")), parameter.kind != Kind::Secret, "{message}");
                }
            }
        }
    }
}

/// R18.
#[test]
fn a_path_argument_cannot_leave_its_place() {
    let mut tried = 0;
    for entry in catalog::list() {
        for parameter in entry.parameters().into_iter().filter(|p| p.place == Place::Path) {
            for value in ["", ".", "..", "%2e", "%2E%2e", ".%2E"] {
                let mut arguments = all(entry);
                arguments.insert(parameter.argument(), value.into());
                let message = refused(entry, arguments);
                assert!(
                    message.starts_with(&format!("{}: {}: expected a value that is not empty", entry.id(), parameter.argument())),
                    "{message}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 5000, "only {tried}");
}

#[test]
fn a_header_takes_no_lines() {
    let headers = |entry: Entry| entry.parameters().into_iter().filter(|p| p.place == Place::Header && p.constant.is_none());
    let all_headers: Vec<(Entry, Parameter)> = catalog::list().flat_map(|entry| headers(entry).map(move |p| (entry, p))).collect();
    for (entry, parameter) in &all_headers {
        for value in ["a\r\nx: y", "", " a", "ü", "a\u{0}"] {
            let mut arguments = all(*entry);
            arguments.insert(parameter.argument(), value.into());
            let message = refused(*entry, arguments);
            assert!(message.starts_with(&format!("{}: {}: expected plain ASCII text", entry.id(), parameter.argument())), "{message}");
        }
    }
    assert!(all_headers.len() > 100);
}

fn mistake(id: &str, arguments: Value) -> String {
    catalog::build(id, &Json::from(arguments), &target()).unwrap_err().message().to_owned()
}

#[test]
fn mistakes_suggest_what_was_meant() {
    for (id, arguments, message) in [
        ("vpc.list_instance", json!({}), "there is no operation \"vpc.list_instance\"; did you mean vpc.list_instances?"),
        ("list_instances", json!({}), "there is no operation \"list_instances\"; did you mean vpc.list_instances?"),
        ("vpc.listInstances", json!({}), "there is no operation \"vpc.listInstances\"; did you mean vpc.list_instances?"),
        ("iam.create_profile", json!({}), "there is no operation \"iam.create_profile\"; did you mean iam_identity.create_profile?"),
        ("create_profil", json!({}), "there is no operation \"create_profil\"; did you mean iam_identity.create_profile?"),
        ("", json!({}), "there is no operation \"\"; an id is the service and the operation, as in vpc.list_instances"),
        ("vpc.list_instances", json!({ "vpc.id": "a" }), "vpc.list_instances: there is no argument \"vpc.id\"; did you mean vpc_id?"),
        ("vpc.list_instances", json!({ "Limit": 1 }), "vpc.list_instances: there is no argument \"Limit\"; did you mean limit?"),
        (
            "vpc.get_instance",
            json!({ "id": "a", "body": {} }),
            "vpc.get_instance: there is no argument \"body\"; it takes id, version, generation",
        ),
        ("iam_token.list_identity_keys", json!({ "a": 1 }), "iam_token.list_identity_keys: there is no argument \"a\"; it takes none"),
        (
            "metadata.create_identity_token",
            json!({ "metadata_flavor": "x" }),
            "metadata.create_identity_token: there is no argument \"metadata_flavor\"; it takes version, body",
        ),
        ("vpc.list_instances", json!([]), "vpc.list_instances: the arguments have to be an object"),
        (
            "vpc.list_instances",
            json!({ "version": "2026-02-30" }),
            "vpc.list_instances: version: expected a date as YYYY-MM-DD, got \"2026-02-30\"",
        ),
        ("vpc.list_instances", json!({ "generation": "2" }), "vpc.list_instances: generation: expected a whole number, got \"2\""),
        ("iam_token.get_token", json!({ "body": { "a": [] } }), "iam_token.get_token: body: expected a text as a"),
        ("iam_token.get_token", json!({ "body": "a=b" }), "iam_token.get_token: body: expected an object of texts"),
        (
            "iam_identity.import_saml_idp_metadata",
            json!({ "idp_id": "a", "body": {} }),
            "iam_identity.import_saml_idp_metadata: body: expected XML as text",
        ),
    ] {
        assert_eq!(mistake(id, arguments), message);
    }
    let long = mistake("vpc.list_instances", json!({ "limit": "ü".repeat(200) }));
    assert!(long.len() < 200 && long.ends_with('…'), "{long}");
    assert!(catalog::service("iam_identiy").unwrap_err().message().ends_with("did you mean iam_identity?"));
    assert!(catalog::pages("vpc.get_instance", Json::from(json!({}))).unwrap_err().message().ends_with("has no pages"));
}

#[test]
fn version_and_generation_are_filled_in_and_can_be_others() {
    let entry = catalog::find("vpc.list_vpcs").unwrap();
    let query =
        |target: &Target, arguments: Value| entry.request(&Json::from(arguments), target).unwrap().uri().query().unwrap().to_owned();
    assert_eq!(query(&target(), json!({})), "version=2026-10-06&generation=2");
    let other = Target { version: Some(ApiDate::parse("version", "2025-01-01").unwrap()), generation: Some(3), ..target() };
    assert_eq!(query(&other, json!({})), "version=2025-01-01&generation=3");
    assert_eq!(query(&other, json!({ "version": "2024-02-29", "generation": 2 })), "version=2024-02-29&generation=2");
    let policy = catalog::find("iam_policy_management.get_policy_template_version").unwrap();
    assert!(policy.service().version.is_none() && policy.arguments().any(|name| name == "version"));
}

#[test]
fn the_version_date_chooses_the_path() {
    for (version, path) in [("2025-08-25", "/prefix/instance_identity/v1/token"), ("2025-08-26", "/prefix/identity/v1/token")] {
        let request = catalog::build("metadata.create_identity_token", &Json::from(json!({ "version": version })), &target()).unwrap();
        assert_eq!((request.uri().path(), request.headers()["metadata-flavor"].as_bytes()), (path, &b"ibm"[..]));
    }
}

#[test]
fn bodies_are_written_as_their_operation_wants_them() {
    let body = |id: &str, arguments: Value| {
        let request = catalog::build(id, &Json::from(arguments), &target()).unwrap();
        let media_type = request.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        (media_type, String::from_utf8(request.into_body()).unwrap())
    };
    let expect = |media_type: &str, text: &str| (media_type.to_owned(), text.to_owned());
    let patch = json!({ "id": "i", "body": { "name": "\"ü\"", "gone": null } });
    assert_eq!(body("vpc.update_instance", patch), expect("application/merge-patch+json", r#"{"gone":null,"name":"\"ü\""}"#));
    assert_eq!(body("metadata.create_iam_token", json!({})), expect("", ""));
    assert_eq!(body("metadata.create_identity_token", json!({})), expect("application/json", "{}"));
    assert_eq!(
        body("iam_token.get_token", json!({ "body": { "grant_type": "a b", "cr_token": "&=", "no": null, "n": 1 } })),
        expect("application/x-www-form-urlencoded", "cr_token=%26%3D&grant_type=a+b&n=1")
    );
    let saml = json!({ "idp_id": "i", "body": "<EntityDescriptor/>" });
    assert_eq!(body("iam_identity.import_saml_idp_metadata", saml), expect("text/xml", "<EntityDescriptor/>"));
}

#[test]
fn a_service_knows_its_address() {
    let vpc = catalog::service("vpc").unwrap();
    assert_eq!(vpc.base(Some("eu-de")).unwrap().to_string(), "https://eu-de.iaas.cloud.ibm.com/v1");
    for region in [None, Some(""), Some("EU"), Some("a.b"), Some("a/b"), Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] {
        assert_eq!(vpc.base(region).unwrap_err().argument, "region");
    }
    let identity = catalog::service("iam_identity").unwrap();
    assert_eq!(identity.base(None).unwrap().to_string(), "https://iam.cloud.ibm.com");
}

/// What is described is enough to make a request, and nothing in it is idle.
#[test]
fn every_operation_of_every_client_is_described() {
    let clients = [catalog::VPC, catalog::METADATA, catalog::IAM, catalog::CONTAINERS];
    let methods: Vec<(String, Entry)> = clients.into_iter().flat_map(catalog::methods).collect();
    assert_eq!(methods.len(), 706);
    for (name, entry) in methods {
        let described = catalog::described(&name, entry);
        assert_eq!((described.text("id"), described.text("method_name")), (Some(entry.id().as_str()), Some(name.as_str())));
        let arguments = described.get("arguments").unwrap().as_array().unwrap().clone();
        let names: Vec<String> = arguments.iter().map(|argument| argument["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, entry.arguments().collect::<Vec<_>>(), "{name}");
        let given = |argument: &Value| match argument["type"].as_str().unwrap() {
            "string" | "secret" => json!("text"),
            "integer" => json!(7),
            "boolean" => json!(true),
            "strings" => json!(["one"]),
            "xml" => json!("<xml/>"),
            "json" | "merge_patch" | "form" => json!({ "name": "n" }),
            other => panic!("{name}: there is no type {other}"),
        };
        // A version date is a text of its own.
        let is_date = |argument: &Value| argument["name"] == "version" && entry.service().version.is_some();
        let pick = |keep: &dyn Fn(&Value) -> bool| -> Map<String, Value> {
            let kept = arguments.iter().filter(|argument| !is_date(argument) && keep(argument));
            kept.map(|argument| (argument["name"].as_str().unwrap().to_owned(), given(argument))).collect()
        };
        build(entry, pick(&|_| true)).unwrap();
        let mut required = pick(&|argument| argument["required"] == true);
        if entry.parameters().iter().any(|p| p.is_required && p.argument() == "if_match") {
            required.insert("if_match".to_owned(), json!("tag"));
        }
        build(entry, required).unwrap();
    }
}
