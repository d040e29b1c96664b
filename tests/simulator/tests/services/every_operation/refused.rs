//! For every operation of every document: each thing that it requires is required, and what has the
//! wrong type is refused, in the form that the document has for errors.

use serde_json::{Value, json};

use super::derive::{Deriver, Smallest};
use super::{DOCUMENTS, REFUSED, check, judge, operations, read, send};
use crate::setting::Setting;

/// One way to spoil a request, and what should come of it.
struct Spoilt {
    what: String,
    request: Smallest,
    status: u16,
}

#[test]
fn what_is_required_is_required_and_types_are_checked() {
    let setting = Setting::start();
    let (mut failures, mut tried) = (Vec::new(), 0);
    for (name, _) in DOCUMENTS {
        let document = read(name);
        let deriver = Deriver { document: &document, known: setting.known() };
        for (path, method, operation) in operations(&document) {
            for spoilt in spoil(&deriver, &path, &method, &operation) {
                let reply = send(&setting, name, &method, &spoilt.request);
                tried += 1;
                // What is refused as it is has no tag that could be old.
                let id = &spoilt.request.id;
                let refused = REFUSED.iter().find(|(api, operation, _)| *api == name && operation == id);
                let status = refused.map_or(spoilt.status, |(_, _, status)| *status);
                if reply.status != status {
                    failures.push(format!("{name} {method} {path} {}: {} {}", spoilt.what, reply.status, reply.text()));
                } else if let Err(why) = judge(&document, &path, &method, &reply) {
                    failures.push(format!("{name} {method} {path} {}: {why}", spoilt.what));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {tried} failed:\n{}", failures.len(), failures.join("\n"));
    println!("refusals: {tried} as they should be");
    assert!(tried > 1000, "{tried}");
}

fn spoil(deriver: &Deriver<'_>, path: &str, method: &str, operation: &Value) -> Vec<Spoilt> {
    let mut all = Vec::new();
    let smallest = deriver.request(path, method);
    let whole = || smallest.clone();
    let mut add = |what: String, request: Smallest, status: u16| all.push(Spoilt { what, request, status });
    let (before, query) = whole().target.split_once('?').map_or((whole().target, String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    for pair in &pairs {
        let rest: Vec<&str> = pairs.iter().filter(|other| *other != pair).copied().collect();
        add(format!("without {pair}"), Smallest { target: format!("{before}?{}", rest.join("&")), ..whole() }, 400);
    }
    for (header, _) in whole().headers {
        if header == "Content-Type" {
            continue;
        }
        let kept = whole().headers.into_iter().filter(|(other, _)| *other != header).collect();
        add(format!("without {header}"), Smallest { headers: kept, ..whole() }, 400);
        if header == "If-Match" {
            let stale = whole().headers.into_iter().map(|(name, value)| {
                let value = if name == "If-Match" { "0-stale".to_owned() } else { value };
                (name, value)
            });
            // Only VPC, where no tag is required, says 412.
            add("with an old tag".to_owned(), Smallest { headers: stale.collect(), ..whole() }, 409);
        }
    }
    let is_json = whole().headers.iter().any(|(name, value)| name == "Content-Type" && value.ends_with("json"));
    if operation["requestBody"]["required"] == true && is_json {
        add("without a body".to_owned(), Smallest { body: Vec::new(), ..whole() }, 400);
        add("with a list".to_owned(), Smallest { body: b"[]".to_vec(), ..whole() }, 400);
        add("with half a body".to_owned(), Smallest { body: b"{\"a\": ".to_vec(), ..whole() }, 400);
        let label = whole().headers.iter().find(|(name, _)| name == "Content-Type").map(|(_, label)| label.replace('/', "~1"));
        let pointer = format!("/paths/{}/{method}/requestBody/content/{}/schema", path.replace('/', "~1"), label.unwrap());
        // What still fits, since another alternative takes it, is no mistake.
        let is_wrong = |body: &Value| check(deriver.document, &pointer, body).is_err();
        spoil_body(&whole(), is_wrong, &mut add);
    }
    all
}

/// Each property missing, and each of the wrong type.
fn spoil_body(whole: &Smallest, is_wrong: impl Fn(&Value) -> bool, add: &mut impl FnMut(String, Smallest, u16)) {
    let body: Value = serde_json::from_slice(&whole.body).unwrap();
    let again = |body: &Value| Smallest {
        id: whole.id.clone(),
        target: whole.target.clone(),
        headers: whole.headers.clone(),
        body: body.to_string().into_bytes(),
    };
    for property in body.as_object().into_iter().flat_map(|fields| fields.keys()) {
        let mut less = body.clone();
        less.as_object_mut().unwrap().remove(property);
        if is_wrong(&less) {
            add(format!("without {property}"), again(&less), 400);
        }
        let mut other = body.clone();
        // Nothing in any document is either of these.
        other[property] = if body[property].is_array() { json!(7) } else { json!([[7]]) };
        if is_wrong(&other) {
            add(format!("with {property} of another type"), again(&other), 400);
        }
    }
}
