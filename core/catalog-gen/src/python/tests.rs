//! What is written for a small service.

use super::{models, program, stubs};
use crate::api::{Client, Models};
use crate::spec::Service;
use serde_json::{Value, json};

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn operation(id: &str, body: Option<(&str, &str)>, answer: Option<&str>) -> Value {
    let content = |media_type: &str, name: &str| json!({ media_type: { "schema": schema(name) } });
    let mut operation = json!({ "operationId": id, "tags": ["Things"], "responses": { "200": {} } });
    if let Some((media_type, name)) = body {
        operation["requestBody"] = json!({ "required": true, "content": content(media_type, name) });
    }
    if let Some(name) = answer {
        operation["responses"]["200"]["content"] = content("application/json", name);
    }
    operation
}

fn service(name: &'static str) -> Service {
    let text = json!({ "type": "string" });
    let mut list = operation("list_things", None, Some("Things"));
    list["parameters"] = json!([
        { "name": "start", "in": "query", "schema": text },
        { "name": "limit", "in": "query", "schema": { "type": "integer" } },
        { "name": "class", "in": "query", "schema": text, "required": true },
    ]);
    list["x-pagination"] =
        json!({ "style": "token", "token_param": "start", "limit_param": "limit", "next": "next.start", "items": "things" });
    let mut change = operation("change_thing", Some(("application/merge-patch+json", "ThingPatch")), Some("Thing"));
    change["parameters"] = json!([
        { "name": "If-Match", "in": "header", "required": true, "schema": text },
        { "name": "thing-id", "in": "path", "required": true, "schema": text },
    ]);
    let make = operation("make_thing", Some(("application/json", "ThingPrototype")), Some("Thing"));
    let document = json!({
        "info": { "title": "Things" },
        "servers": [{ "url": "https://things.example" }],
        "security": [{ "IAM": [] }],
        "paths": { "/things": { "get": list, "post": make }, "/things/{thing-id}": { "patch": change } },
        "components": { "schemas": {
            "Thing": object(&json!({ "id": text, "zone": schema("ZoneIdentity"), "more": { "type": "object" } }), &["id"]),
            "Things": object(&json!({ "things": { "type": "array", "items": schema("Thing") } }), &["things"]),
            "ThingPatch": object(&json!({ "name": text, "zone": schema("ZoneIdentity") }), &[]),
            "ThingPrototype": object(&json!({ "name": text, "class": text, "zone": schema("ZoneIdentity") }), &["class", "zone"]),
            "ZoneIdentity": { "anyOf": [schema("ZoneByName"), schema("ZoneByHref")] },
            "Area": { "oneOf": [schema("OnlyZone")] },
            "Place": { "oneOf": [schema("ZoneIdentity")] },
            "OnlyZone": { "oneOf": [schema("ZoneByName")] },
            "ZoneByName": object(&json!({ "name": { "type": "string", "x-extensible-enum": ["a", "b"] } }), &["name"]),
            "ZoneByHref": object(&json!({ "href": text, "at": { "type": ["string", "null"], "format": "date-time" } }), &["href"]),
        } },
    });
    Service::read("things", name, document.to_string().as_bytes()).unwrap()
}

fn module() -> String {
    models::module(&Models::new(&service("things")).unwrap()).unwrap()
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part}\nis not in\n{text}");
}

#[test]
fn answers_may_lack_everything_and_requests_only_what_is_optional() {
    let module = module();
    holds(&module, "class Thing(TypedDict, total=False):\n    \"\"\"Schema ``Thing``.\"\"\"\n\n    id: str\n    more: dict[str, Any]\n");
    holds(&module, "class Things(TypedDict, total=False):\n    \"\"\"Schema ``Things``.\"\"\"\n\n    things: list[Thing]\n");
    // Answers hold it as well, and its keys tell which alternative it is.
    holds(
        &module,
        "class ZoneByName(TypedDict):\n    \"\"\"Schema ``ZoneByName``.\n\n    ``name``: ``a``, ``b``\n    \"\"\"\n\n    name: str\n",
    );
    holds(&module, "class _ZoneByHrefRequired(TypedDict):\n    href: str\n\n\nclass ZoneByHref(_ZoneByHrefRequired, total=False):\n");
    holds(&module, "    at: str | None\n");
}

#[test]
fn a_union_is_an_alias_that_any_python_evaluates() {
    holds(&module(), "\nZoneIdentity = Union[\"ZoneByName\", \"ZoneByHref\"]\n\"\"\"Schema ``ZoneIdentity``.\"\"\"\n");
}

#[test]
fn a_union_of_one_is_another_name_for_it() {
    let only = "\n\nclass OnlyZone(ZoneByName):\n    \"\"\"Schema ``OnlyZone``.\"\"\"\n";
    let area = "\n\nclass Area(OnlyZone):\n    \"\"\"Schema ``Area``.\"\"\"\n";
    let place = "\n\nPlace = ZoneIdentity\n\"\"\"Schema ``Place``.\"\"\"\n";
    // Each after what it is made of.
    assert!(module().ends_with(&[only, area, place].concat()));
}

#[test]
fn whatever_a_patch_may_leave_alone_it_may_remove() {
    holds(
        &module(),
        "class ThingPatch(TypedDict, total=False):\n    \"\"\"Schema ``ThingPatch``.\"\"\"\n\n    name: str | None\n    zone: ZoneIdentity | None\n",
    );
}

#[test]
fn a_key_that_is_a_keyword_is_written_as_text() {
    let module = module();
    holds(&module, "_ThingPrototypeRequired = TypedDict(\n    \"_ThingPrototypeRequired\",\n    {\n        \"class\": \"str\",\n");
    holds(&module, "    {\n        \"name\": \"str\",\n    },\n    total=False,\n)\n");
    holds(&module, "class ThingPrototype(_ThingPrototypeRequired, _ThingPrototypeOptional):\n");
}

#[test]
fn methods_have_the_arguments_of_operations() {
    let service = service("things");
    let models = Models::new(&service).unwrap();
    let client = Client::new("Shop", &[&models]).unwrap();
    let stub = stubs::stub(&client).unwrap();
    // The client has the tag; a parameter that is a keyword has another name.
    holds(&stub, "def change_thing(self, *, thing_id: str, if_match: str | None = None, body: things.ThingPatch) -> things.Thing:");
    let listed = "(self, *, start: str | None = None, limit: int | None = None, class_: str) ->";
    holds(&stub, &format!("    def list_things{listed} things.Things:"));
    holds(&stub, "        class_: str,\n    ) -> Iterator[things.Things]:\n        \"\"\"The pages of :meth:`list_things`, ");
    holds(&stub, &format!("    async def list_things{listed} things.Things:"));
    let (_, after) = stub.split_once("class AsyncShop(AsyncClient):").unwrap();
    holds(after, "    def list_things_items(\n        self,\n");
    holds(after, ") -> AsyncIterator[things.Thing]:");
    let program = program::program(&[client]).unwrap();
    holds(&program, "    client.make_thing(body={\"class\": \"text\", \"zone\": {\"name\": \"a\"}})\n");
    holds(&program, "    async for _ in client.list_things_items(class_=\"text\"):\n        pass\n");
}

#[test]
fn operations_of_one_name_are_told_by_their_services() {
    let (one, other) = (service("one"), service("other"));
    let (one, other) = (Models::new(&one).unwrap(), Models::new(&other).unwrap());
    let client = Client::new("Shop", &[&one, &other]).unwrap();
    let names: Vec<&str> = client.methods().map(|method| method.name.as_str()).collect();
    assert_eq!(names[..2], ["one_change_thing", "one_list_things"]);
    assert!(names.contains(&"other_list_things") && !names.contains(&"list_things"));
}

#[test]
fn no_two_methods_have_one_name() {
    let mut service = service("things");
    let walk = service.operation("make_thing").unwrap().clone();
    service.operations.push(crate::spec::Operation { name: "list_things_items".to_owned(), ..walk });
    let models = Models::new(&service).unwrap();
    assert_eq!(Client::new("Shop", &[&models]).err().unwrap(), "Shop: two methods are called list_things_items");
}
