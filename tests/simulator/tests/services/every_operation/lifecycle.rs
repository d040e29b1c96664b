//! Every collection that a caller can add to, in every document: what was created can be read and is
//! listed, and what was deleted is gone.

use serde_json::Value;

use super::derive::Deriver;
use super::{DOCUMENTS, judge, operations, read, send};
use crate::setting::Setting;
use crate::wire::Reply;

/// Collections that want more than their document says; they have tests of their own.
const APART: [&str; 2] = ["/v1/profiles/{profile-id}/identities/{identity-type}", "/v1/profiles/{profile-id}/rules"];

struct Client<'a> {
    setting: &'a Setting,
    name: &'a str,
    deriver: Deriver<'a>,
}

impl Client<'_> {
    /// The smallest request, for the item of this id where there is one.
    fn send(&self, method: &str, path: &str, id: Option<&str>) -> Reply {
        let mut smallest = self.deriver.request(path, method);
        if let Some(id) = id {
            let (before, query) = smallest.target.split_once('?').unwrap_or((&smallest.target, ""));
            let (collection, _) = before.rsplit_once('/').unwrap();
            smallest.target = format!("{collection}/{id}?{query}");
        }
        let reply = send(self.setting, self.name, method, &smallest);
        judge(self.deriver.document, path, method, &reply).unwrap_or_else(|why| panic!("{} {path}: {why}", self.name));
        reply
    }

    /// Creates an item, finds it, and deletes it.
    fn live_through(&self, path: &str, item: &str) -> Result<(), String> {
        let created = self.send("post", path, None);
        let id = id_of(&created.json(), item).ok_or_else(|| format!("no id in {}", created.text()))?;
        let shown = self.send("get", item, Some(&id));
        if shown.status != 200 {
            return Err(format!("{id} cannot be read: {}", shown.text()));
        }
        if self.deriver.document["paths"][path].get("get").is_some() {
            // A number stands there without quotation marks.
            let listed = self.send("get", path, None).text();
            if !listed.contains(&format!("\"{id}\"")) && !listed.contains(&format!("\"version\":{id}")) {
                return Err(format!("{id} is not in {listed}"));
            }
        }
        for (method, expected) in [("delete", 200..300), ("get", 404..405), ("delete", 404..405)] {
            let reply = self.send(method, item, Some(&id));
            if !expected.contains(&reply.status) {
                return Err(format!("{method} {id}: {} {}", reply.status, reply.text()));
            }
        }
        Ok(())
    }
}

/// The template of the items of a collection.
fn item_of(document: &Value, collection: &str) -> Option<String> {
    let depth = collection.trim_end_matches('/').split('/').count();
    let is_item = |path: &str| {
        let segments: Vec<&str> = path.split('/').collect();
        segments.len() == depth + 1 && segments[depth].starts_with('{') && same(&segments[..depth], collection)
    };
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .find(|(path, item)| is_item(path) && item.get("get").is_some() && item.get("delete").is_some())
        .map(|(path, _)| path.clone())
}

fn same(segments: &[&str], path: &str) -> bool {
    let others: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let pairs = segments.iter().zip(&others);
    segments.len() == others.len() && pairs.clone().all(|(one, other)| one == other || (one.starts_with('{') && other.starts_with('{')))
}

/// The id of what was created, also where the answer is a list of one.
fn id_of(created: &Value, item: &str) -> Option<String> {
    let parameter = item.rsplit('/').next().unwrap().trim_matches(['{', '}']).replace("version_num", "version");
    let holder = if created.get("assignments").is_some() { &created["assignments"][0] } else { created };
    [parameter.as_str(), "id"].iter().find_map(|name| match holder.get(*name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[test]
fn every_collection_keeps_what_it_is_given_until_it_is_deleted() {
    let setting = Setting::start();
    let mut tried = 0;
    let (mut apart, mut failures) = (Vec::new(), Vec::new());
    for (name, _) in DOCUMENTS {
        let document = read(name);
        let deriver = Deriver { document: &document, known: setting.known() };
        let client = Client { setting: &setting, name, deriver };
        for (path, method, _) in operations(&document) {
            let Some(item) = item_of(&document, &path).filter(|_| method == "post") else {
                continue;
            };
            if APART.contains(&path.as_str()) {
                apart.push(path);
                continue;
            }
            if let Err(why) = client.live_through(&path, &item) {
                failures.push(format!("{name} {path}: {why}"));
            }
            tried += 1;
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    println!("collections: {tried} lived through, {} apart", apart.len());
    assert_eq!(apart, APART);
    assert!(tried > 80, "{tried}");
}
