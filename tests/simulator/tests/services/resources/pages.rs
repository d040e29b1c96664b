//! Every way of paging: each item once, and then an end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::setting::Setting;

/// Walks the pages as a client does, and returns the ids in the order seen.
fn walk(setting: &Setting, name: &str, path: &str, items: &str, next: impl Fn(&Value, usize) -> Option<(String, String)>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut more = String::new();
    // More pages than there are items would be a circle.
    for _ in 0..50 {
        let reply = setting.get(name, &format!("{path}{more}"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        let page = reply.json();
        let shown = page[items].as_array().unwrap();
        assert!(shown.len() <= 2, "{page}");
        ids.extend(shown.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match next(&page, ids.len()) {
            Some((name, value)) => more = format!("&{name}={value}"),
            None => return ids,
        }
    }
    panic!("{path} does not end");
}

/// A query parameter of the URL at that place, decoded.
fn parameter(page: &Value, pointer: &str, name: &str) -> Option<(String, String)> {
    let url = page.pointer(pointer)?.as_str()?;
    let (_, query) = url.split_once('?')?;
    let found = form_urlencoded::parse(query.as_bytes()).find(|(candidate, _)| candidate == name);
    Some((name.to_owned(), found.unwrap().1.into_owned()))
}

fn once(ids: &[String], expected: usize) {
    assert_eq!(ids.len(), expected, "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), expected, "{ids:?}");
}

#[test]
fn by_the_start_in_a_link() {
    let setting = Setting::start();
    for _ in 0..4 {
        setting.make("POST", "vpc", "/vpcs", &json!({}));
    }
    let first = setting.get("vpc", "/vpcs?limit=2").json();
    // The seed has one.
    assert_eq!((&first["limit"], &first["total_count"]), (&json!(2), &json!(5)));
    let ids = walk(&setting, "vpc", "/vpcs?limit=2", "vpcs", |page, _| parameter(page, "/next/href", "start"));
    once(&ids, 5);
    // What is deleted between two pages makes nothing come twice.
    let (_, start) = parameter(&first, "/next/href", "start").unwrap();
    assert_eq!(setting.delete("vpc", &format!("/vpcs/{}", ids[1])).status, 204);
    let second = setting.get("vpc", &format!("/vpcs?limit=2&start={start}")).json();
    assert_eq!(second["vpcs"][0]["id"], ids[2].as_str());
    assert_eq!(setting.get("vpc", "/vpcs?start=nonsense").status, 400);
    assert_eq!(setting.get("vpc", "/vpcs?limit=0").status, 400);
    assert_eq!(setting.get("vpc", "/vpcs?limit=x").status, 400);
}

#[test]
fn by_a_start_of_its_own() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    for _ in 0..5 {
        let body = json!({
            "type": "access",
            "subject": {"attributes": [{"key": "iam_id", "operator": "stringEquals", "value": "iam-Profile-1"}]},
            "control": {"grant": {"roles": [{"role_id": "crn:v1:bluemix:public:iam::::role:Viewer"}]}},
        });
        setting.make("POST", "iam-policy-management", "/v2/policies", &body);
    }
    let path = format!("/v2/policies?account_id={account}&limit=2");
    let next = |page: &Value, _| Some(("start".to_owned(), page.pointer("/next/start")?.as_str()?.to_owned()));
    once(&walk(&setting, "iam-policy-management", &path, "policies", next), 5);
}

#[test]
fn by_a_page_token() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    for number in 0..4 {
        setting.make("POST", "iam-identity", "/v1/serviceids/", &json!({"account_id": account, "name": format!("s{number}")}));
    }
    let path = format!("/v1/serviceids/?account_id={account}&pagesize=2");
    // The seed has one.
    once(&walk(&setting, "iam-identity", &path, "serviceids", |page, _| parameter(page, "/next", "pagetoken")), 5);
    let found = setting.get("iam-identity", &format!("/v1/serviceids/?account_id={account}&name=s3")).json();
    assert_eq!(found["serviceids"].as_array().unwrap().len(), 1);
}

#[test]
fn by_an_offset_in_a_link() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    for number in 0..5 {
        let path = format!("/v2/groups?account_id={account}");
        setting.make("POST", "iam-access-groups", &path, &json!({"name": format!("g{number}")}));
    }
    let path = format!("/v2/groups?account_id={account}&limit=2");
    once(&walk(&setting, "iam-access-groups", &path, "groups", |page, _| parameter(page, "/next/href", "offset")), 5);
}

#[test]
fn by_an_offset_below_a_total() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    for _ in 0..5 {
        let body = json!({"template_id": "t", "template_version": "1", "target_type": "Account", "target": account});
        setting.make("POST", "iam-access-groups", "/v1/group_assignments", &body);
    }
    let path = format!("/v1/group_assignments?account_id={account}&limit=2");
    let next = |page: &Value, seen: usize| {
        let total = usize::try_from(page["total_count"].as_u64().unwrap()).unwrap();
        (seen < total).then(|| ("offset".to_owned(), seen.to_string()))
    };
    once(&walk(&setting, "iam-access-groups", &path, "assignments", next), 5);
}

#[test]
fn everything_at_once() {
    let setting = Setting::start();
    let regions = setting.get("vpc", "/regions").json();
    assert_eq!((regions["regions"].as_array().unwrap().len(), regions.get("next")), (3, None));
    let zones = setting.get("vpc", "/regions/us-south/zones").json();
    assert_eq!(zones["zones"][2]["name"], "us-south-3");
}
