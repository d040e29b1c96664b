//! Every typed schema and operation: what is read, what is kept, what is sent.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test reads the documents and may panic"
)]

mod listed;
mod requests;
mod samples;
mod unions;

use http::{Request, Response};
use samples::{Document, SECRET, documents};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trusted_profile_core::Error;
use trusted_profile_core::operation::{Entry, Reply, Target};
use trusted_profile_core::types::{Slot, Typed, TypedOperation, from_json, read_slice};
use trusted_profile_core::wire::Json;

/// A schema that is typed.
pub(crate) struct Schema {
    document: &'static str,
    name: &'static str,
    place: fn() -> Box<dyn Slot>,
}

const fn schema<T: Typed + 'static>(document: &'static str, name: &'static str) -> Schema {
    Schema { document, name, place: || Box::new(None::<T>) }
}

type Built = Result<Request<Vec<u8>>, Error>;
type Read = Result<Reply<Value>, Error>;

/// An operation that is typed.
pub(crate) struct Operation {
    id: &'static str,
    entry: fn() -> Entry,
    request: fn(&Json, &Target) -> Built,
    parse: fn(Response<Vec<u8>>) -> Read,
    shown: fn(&Json) -> String,
}

const fn operation<O: TypedOperation>(id: &'static str) -> Operation {
    Operation {
        id,
        entry: O::entry,
        request: |arguments, target| from_json::<O>(arguments).unwrap().request(target),
        parse: |response| {
            O::parse(response).map(|reply| Reply { status: reply.status, headers: reply.headers, value: Typed::json(&reply.value) })
        },
        shown: |arguments| format!("{:?}", from_json::<O>(arguments).unwrap()),
    }
}

impl Schema {
    /// What is read of `value` and written again, and how it is shown.
    fn round_trip(&self, value: &Value) -> (Option<Value>, String) {
        let mut place = (self.place)();
        read_slice(place.as_mut(), value.to_string().as_bytes()).unwrap_or_else(|e| panic!("{}: {e}: {value}", self.name));
        (place.json(), format!("{:?}", place.shown()))
    }
}

/// Whether something is where nothing is known of it.
fn is_aside(shown: &str) -> bool {
    shown.contains("other: {") || shown.contains("Other(Json")
}

fn with_samples(depth: usize, mut check: impl FnMut(&Schema, &Document, &Value)) {
    let documents = documents();
    for schema in listed::SCHEMAS {
        let document = &documents[schema.document];
        for sample in document.samples(document.schema(schema.name), depth) {
            check(schema, document, &sample);
        }
    }
}

#[test]
fn every_schema_is_typed() {
    // All but one, which is a map of texts.
    let count: usize = documents().values().map(Document::len).sum();
    assert_eq!((listed::SCHEMAS.len(), count), (2030, 2031));
}

/// Schemas with alternatives that differ only in what is inside one of their properties, which is kept as JSON then.
const ALIKE: &[&str] = &["ControlResponse", "InstancePrototype", "InstanceReinitializePrototype"];

#[test]
fn everything_in_a_document_has_its_place_in_a_type() {
    let mut aside = BTreeSet::new();
    with_samples(3, |schema, _, sample| {
        let (written, shown) = schema.round_trip(sample);
        assert_eq!(written.as_ref(), Some(sample), "{}", schema.name);
        assert!(!shown.contains(SECRET), "{}: {shown}", schema.name);
        if is_aside(&shown) {
            aside.insert(schema.name);
        }
    });
    assert_eq!(aside.into_iter().collect::<Vec<_>>(), ALIKE);
}

#[test]
fn whatever_a_property_holds_fails_nothing_and_is_kept() {
    let odd = [
        json!(null),
        json!(true),
        json!("hunter2"),
        json!(""),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!([]),
        json!([null, 1, "hunter2", {}]),
        json!({}),
        json!({ "deep": { "hunter2": ["hunter2"] } }),
    ];
    with_samples(1, |schema, document, sample| {
        let check = |changed: &Value| {
            let (written, shown) = schema.round_trip(changed);
            assert_eq!(written.as_ref(), Some(changed), "{}", schema.name);
            shown
        };
        let mut changed = sample.clone();
        changed["never heard of"] = json!({ "in": ["it"] });
        check(&changed);
        for name in sample.as_object().unwrap().keys() {
            let mut changed = sample.clone();
            changed.as_object_mut().unwrap().remove(name);
            check(&changed);
            let is_secret = document.resolve(document.schema(schema.name))["properties"][name]["x-sensitive"] == true;
            for value in &odd {
                changed[name] = value.clone();
                let shown = check(&changed);
                assert!(!is_secret || !shown.contains(SECRET), "{}: {shown}", schema.name);
            }
        }
    });
}

#[test]
fn names_that_come_twice_count_the_second_time() {
    let schema = listed::SCHEMAS.iter().find(|schema| schema.name == "InstanceVCPU").unwrap();
    let mut place = (schema.place)();
    for (text, expected) in [
        (r#"{"count": "many", "count": 4}"#, json!({ "count": 4 })),
        (r#"{"count": 4, "count": "many"}"#, json!({ "count": "many" })),
        (r#"{"new": 1, "new": 2}"#, json!({ "new": 2 })),
    ] {
        read_slice(place.as_mut(), text.as_bytes()).unwrap();
        assert_eq!(place.json(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_json_or_of_another_kind_as_a_whole_is_an_error() {
    for schema in listed::SCHEMAS {
        for text in ["", "{", "[]", "null", "7", r#""hunter2""#, r#"{"a": 1} hunter2"#] {
            let problem = read_slice((schema.place)().as_mut(), text.as_bytes()).unwrap_err();
            assert!(!problem.contains(SECRET), "{problem}");
        }
    }
}
