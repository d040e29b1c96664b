//! The oracle itself.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test says what it compared, and may panic")]

use catalog_gen::spec::Spec;
use catalog_gen::workspace_root;
use oracle::compare::{Difference, Reason, differences};
use oracle::record::{Theirs, requests, walks};
use oracle::{ours, pages, sets};
use std::collections::{BTreeMap, BTreeSet};

fn spec() -> Spec {
    Spec::read(&workspace_root().join("core/spec")).unwrap()
}

fn reasons() -> Vec<Reason> {
    let path = workspace_root().join("tests/oracle/differences.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_ibms_clients_send_is_what_we_send() {
    let sets = sets::all(&spec());
    let theirs = requests(&sets).unwrap();
    assert_eq!(theirs.len(), sets.len());
    let mut found: Vec<Difference> = Vec::new();
    let (mut compared, mut refused, mut operations, mut absent) = (0, 0, BTreeSet::new(), BTreeSet::new());
    for (set, theirs) in sets.iter().zip(&theirs) {
        let id = format!("{}.{}", set.service, set.operation);
        match differences(set, theirs, &ours::request(set)) {
            None => drop(absent.insert(id)),
            Some(differences) => {
                compared += usize::from(matches!(theirs, Theirs::Request(_)));
                refused += usize::from(matches!(theirs, Theirs::Refused(_)));
                operations.insert(id);
                found.extend(differences);
            }
        }
    }
    let reasons = reasons();
    let covering = |difference: &Difference| reasons.iter().position(|reason| reason.covers(difference));
    let (known, unknown): (Vec<&Difference>, Vec<&Difference>) = found.iter().partition(|difference| covering(difference).is_some());
    let mut uses = vec![0; reasons.len()];
    known.iter().filter_map(|difference| covering(difference)).for_each(|index| uses[index] += 1);
    println!("oracle: {} operations, {compared} requests compared, {} absent from IBM's clients", operations.len(), absent.len());
    assert_eq!(refused, 0, "arguments that IBM's clients refuse compare nothing");
    println!("oracle: {} differences, with {} reasons", known.len(), reasons.len());
    let mut absent_by_service: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in absent {
        let (service, name) = id.split_once('.').unwrap();
        absent_by_service.entry(service.to_owned()).or_default().push(name.to_owned());
    }
    for (service, names) in &absent_by_service {
        println!("absent from IBM's clients: {service}: {}", names.join(" "));
    }
    for (reason, uses) in reasons.iter().zip(&uses) {
        println!("{uses} x {} of {}: {}", reason.part, reason.operations.join(" "), reason.reason);
    }
    assert!(unknown.is_empty(), "{} without a reason:\n{}", unknown.len(), shown(&unknown));
    assert!(uses.iter().all(|uses| *uses > 0), "a reason that nothing needs any more");
    assert!(operations.len() >= 670 && compared > 2000, "{} operations, {compared} requests", operations.len());
}

/// A few of each kind.
fn shown(unknown: &[&Difference]) -> String {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for difference in unknown {
        let count = seen.entry(difference.part.as_str()).or_default();
        *count += 1;
        if *count <= 40 {
            lines.push(format!("{} {} ({}): {}", difference.part, difference.operation, difference.set, difference.difference));
        }
    }
    lines.join("\n")
}

#[test]
fn ibms_pagers_walk_as_ours_do() {
    let pages = pages::all(&spec());
    let walks = walks(&pages).unwrap();
    let mut wrong = Vec::new();
    for walk in &walks {
        let id = format!("{}.{}", walk.service, walk.operation);
        match (&walk.error, pages.get(&id).map(|given| pages::walk(&id, given))) {
            (None, Some(Ok((queries, items)))) if queries == walk.queries && items == walk.items => {}
            (error, ours) => wrong.push(format!("{} of {id}: {error:?}, {:?} {}, ours {ours:?}", walk.pager, walk.queries, walk.items)),
        }
    }
    println!("oracle: {} pagers compared", walks.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), walks.len(), wrong.join("\n"));
    assert!(walks.len() >= 90, "only {} pagers", walks.len());
}
