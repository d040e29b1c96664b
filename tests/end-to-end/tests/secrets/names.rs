//! A secret that an answer brings where nobody looks for one is told by its name.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use trusted_profile_core::wire::Redactor;

/// Only ever sent, so that their values are known. `href` is the address of a console, with `access_token=` in it.
const ONLY_SENT: [&str; 5] = ["code", "cookie", "security_code", "security_question_answer", "href"];

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    if let Some(properties) = value["properties"].as_object() {
        let secret = properties.iter().filter(|(_, property)| property.get("x-sensitive").is_some());
        found.extend(secret.map(|(name, _)| name.clone()));
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect(member, found)),
        _ => {}
    }
}

#[test]
fn every_name_of_a_secret_in_the_documents_is_one() {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/spec")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            collect(&serde_json::from_slice(&fs::read(path).unwrap()).unwrap(), &mut names);
        }
    }
    assert!(names.contains("access_token") && names.contains("psk") && names.len() > 15, "{names:?}");
    for name in names.iter().filter(|name| !ONLY_SENT.contains(&name.as_str())) {
        let shown = Redactor::default().excerpt(&format!(r#"{{"a":"b","{name}":"hush","c":"d"}}"#));
        assert_eq!(shown, format!(r#"{{"a":"b","{name}":"[redacted]","c":"d"}}"#));
    }
}
