//! What is written for a small service.

use super::Package;
use crate::spec::Service;
use serde_json::{Value, json};

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn operation(id: &str, body: Option<(&str, &str)>, answer: &str) -> Value {
    let content = |media_type: &str, name: &str| json!({ media_type: { "schema": schema(name) } });
    let mut operation = json!({ "operationId": id, "tags": ["Things"], "responses": { "200": {} } });
    operation["responses"]["200"]["content"] = content("application/json", answer);
    if let Some((media_type, name)) = body {
        operation["requestBody"] = json!({ "required": true, "content": content(media_type, name) });
    }
    operation
}

fn service() -> Service {
    let text = json!({ "type": "string" });
    let mut list = operation("list_things", None, "Things");
    list["parameters"] = json!([
        { "name": "start", "in": "query", "schema": text },
        { "name": "limit", "in": "query", "schema": { "type": "integer" } },
        { "name": "class", "in": "query", "schema": text, "required": true },
    ]);
    list["x-pagination"] =
        json!({ "style": "token", "token_param": "start", "limit_param": "limit", "next": "next.start", "items": "things" });
    let mut change = operation("change_thing", Some(("application/merge-patch+json", "ThingPatch")), "Thing");
    change["parameters"] = json!([
        { "name": "If-Match", "in": "header", "required": true, "schema": text },
        { "name": "thing-id", "in": "path", "required": true, "schema": text },
    ]);
    let mut remove = operation("remove_thing", None, "Thing");
    remove["parameters"] = json!([{ "name": "thing-id", "in": "path", "required": true, "schema": text }]);
    remove["responses"] = json!({ "204": {} });
    remove["deprecated"] = json!(true);
    let document = json!({
        "info": { "title": "Things" },
        "servers": [{ "url": "https://{region}.things.example" }],
        "security": [{ "IAM": [] }],
        "paths": { "/things": { "get": list }, "/things/{thing-id}": { "patch": change, "delete": remove } },
        "components": { "schemas": {
            "Thing": object(&json!({ "id": text, "ip_address": text, "zone": schema("ZoneIdentity"), "more": { "type": "object" },
                "made_at": { "type": "string", "format": "date-time" }, "status": { "type": "string", "enum": ["new", "*", ""] },
                "key": { "type": "string", "x-sensitive": true } }), &["id"]),
            "Things": object(&json!({ "things": { "type": "array", "items": schema("Thing") } }), &["things"]),
            "ThingPatch": object(&json!({ "name": text, "zone": schema("ZoneIdentity") }), &[]),
            "ZoneIdentity": { "anyOf": [schema("ZoneIdentityByName"), schema("ZoneIdentityByHref")] },
            "ZoneIdentityByName": object(&json!({ "name": { "type": "string", "x-extensible-enum": ["a", "b"] } }), &["name"]),
            "ZoneIdentityByHref": object(&json!({ "href": text, "kind": { "type": "string", "const": "zone" } }), &["href"]),
        } },
    });
    Service::read("things", "things", document.to_string().as_bytes()).unwrap()
}

/// The files, with one blank wherever there is white space.
fn files(service: &Service) -> Vec<(String, String)> {
    let files = Package::new(service, "shops/things", "shop").unwrap().files().unwrap();
    files.into_iter().map(|(path, text)| (path, text.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

fn file(name: &str) -> String {
    files(&service()).into_iter().find(|(path, _)| path == &format!("shops/things/{name}.go")).unwrap().1
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part}\nis not in\n{text}");
}

#[test]
fn properties_may_be_missing_and_what_is_not_known_is_kept() {
    let things = file("things");
    holds(
        &things,
        "type Thing struct { // `id`, required. ID *string `json:\"id,omitzero\"` IPAddress *string `json:\"ip_address,omitzero\"`",
    );
    holds(&things, "// `key`, a secret. Key values.Secret `json:\"key,omitzero\"` MadeAt *values.DateTime");
    holds(&things, "More values.JSON `json:\"more,omitzero\"` Status *Status `json:\"status,omitzero\"` Zone *ZoneIdentity");
    holds(&things, "Other map[string]values.JSON `json:\"-\"` }");
    holds(&things, "// ThingPatch is the schema of that name. type ThingPatch struct { Name values.Nullable[string] ");
    holds(&file("values"), "StatusEmpty Status = \"\" StatusAny Status = \"*\" StatusNew Status = \"new\" )");
}

#[test]
fn a_union_points_to_its_alternatives_and_says_how_they_are_told() {
    let all: String = files(&service()).into_iter().map(|(_, text)| text).collect();
    holds(&all, "type ZoneIdentity struct { _ codec.Union ByName *ZoneIdentityByName ByHref *ZoneIdentityByHref // Other is");
    holds(&all, "{Field: 1, Required: []string{\"name\"}, Known: []string{\"name\"}},");
    holds(
        &all,
        "{Field: 2, Required: []string{\"href\"}, Known: []string{\"href\", \"kind\"}, Fixed: map[string]string{\"kind\": \"zone\"}},",
    );
}

#[test]
fn an_operation_is_a_method_with_its_arguments() {
    let things = file("things");
    holds(
        &things,
        "type ListThingsParams struct { // `class`, in the query, required. Class string `json:\"class,omitzero\"` // `limit`, in the query. Limit *int64",
    );
    holds(&things, "func (c *Client) ListThings(ctx context.Context, params ListThingsParams) (*Things, error) {");
    holds(&things, "func (c *Client) ListThingsItems(ctx context.Context, params ListThingsParams) iter.Seq2[Thing, error] {");
    // What cannot be read as the list is looked for under its name in the documents.
    holds(&things, "params, \"things\", func(page *Things) ([]Thing, typed.Other) { return page.Things, page.Other })");
    // The client has the tag; what there has to be comes first, the body last.
    holds(
        &things,
        "type ChangeThingParams struct { // `thing-id`, in the path, required. ThingID string `json:\"thing_id,omitzero\"` // the header `If-Match`",
    );
    holds(&things, "IfMatch *string `json:\"if_match,omitzero\"` // The body, required. Body ThingPatch `json:\"body\"` }");
    holds(
        &things,
        "// // Deprecated: the service wants no newcomers to use it. func (c *Client) RemoveThing(ctx context.Context, params RemoveThingParams) error {",
    );
    holds(&file("client"), "// Without a Region, and without an Endpoint that says which one or is an address, calls end with");
}

#[test]
fn no_two_things_have_one_name() {
    let mut service = service();
    let known = service.operation("remove_thing").unwrap().clone();
    service.operations.push(crate::spec::Operation { name: "list_things_items".to_owned(), ..known.clone() });
    assert_eq!(Package::new(&service, "things", "shop").err().unwrap(), "two methods are called ListThingsItems");
    service.operations.pop();
    service.operations.push(crate::spec::Operation { name: "call".to_owned(), ..known });
    assert_eq!(Package::new(&service, "things", "shop").err().unwrap(), "two methods are called Call");
}
