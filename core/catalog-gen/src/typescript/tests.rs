//! What is written for a small service.

use super::{models, operations, parameters, program};
use crate::api::{Client, Models};
use crate::spec::Service;
use serde_json::json;

fn service(name: &'static str) -> Service {
    let text = json!({ "type": "string" });
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let content = |media_type: &str, name: &str| json!({ "content": { media_type: { "schema": named(name) } } });
    let list = json!({
        "operationId": "list_things", "tags": ["Things"], "deprecated": true,
        "parameters": [
            { "name": "start", "in": "query", "schema": text },
            { "name": "limit", "in": "query", "schema": { "type": "integer" } },
            { "name": "sort", "in": "query", "schema": { "type": "string", "enum": ["name", "-name"] } },
        ],
        "x-pagination": { "style": "token", "token_param": "start", "limit_param": "limit", "next": "next.start", "items": "things" },
        "responses": { "200": content("application/json", "Things") },
    });
    let change = json!({
        "operationId": "change_thing", "tags": ["Things"],
        "parameters": [
            { "name": "If-Match", "in": "header", "required": true, "schema": text },
            { "name": "thing-id", "in": "path", "required": true, "schema": text },
        ],
        "requestBody": { "required": true, "content": { "application/merge-patch+json": { "schema": named("ThingPatch") } } },
        "responses": { "200": content("application/json", "Thing") },
    });
    let document = json!({
        "info": { "title": "Things" },
        "servers": [{ "url": "https://things.example" }],
        "security": [{ "IAM": [] }],
        "paths": { "/things": { "get": list }, "/things/{thing-id}": { "patch": change } },
        "components": { "schemas": {
            "Thing": { "type": "object", "required": ["kind-of"], "properties": {
                "kind-of": { "const": "thing", "type": "string" }, "at": { "type": "string", "format": "date-time" }, "zone": named("Zone"),
            } },
            "Things": { "type": "object", "properties": { "things": { "type": "array", "items": named("Thing") } } },
            "ThingPatch": { "type": "object", "properties": { "name": text, "class": { "type": "string", "x-extensible-enum": ["a"] } } },
            "Zone": { "oneOf": [named("ZoneByName"), named("Only")] },
            "Only": { "oneOf": [named("ZoneByName")] },
            "ZoneByName": { "type": "object", "properties": { "name": text } },
        } },
    });
    Service::read("things", name, document.to_string().as_bytes()).unwrap()
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part}\nis not in\n{text}");
}

#[test]
fn a_schema_is_an_interface_or_an_alias() {
    let service = service("things");
    let module = models::module(&Models::new(&service).unwrap()).unwrap();
    holds(
        &module,
        "\n/** Schema `Thing`. */\nexport interface Thing {\n  /** a date and time */\n  at?: string;\n  \"kind-of\"?: \"thing\";\n  zone?: Zone;\n}\n",
    );
    holds(&module, "  class?: \"a\" | (string & {}) | null;\n  name?: string | null;\n");
    holds(&module, "\nexport type Zone = ZoneByName | Only;\n");
    holds(&module, "\nexport type Only = ZoneByName;\n");
}

#[test]
fn methods_have_the_parameters_of_operations() {
    let service = service("things");
    let models = Models::new(&service).unwrap();
    let client = Client::new("Shop", &[&models]).unwrap();
    let parameters = parameters::module(&client).unwrap();
    // The client has the tag.
    holds(&parameters, "  readonly ifMatch?: string | undefined;\n");
    holds(&parameters, "  /** `thing-id` in the path */\n  readonly thingId: string;\n");
    holds(&parameters, "  readonly sort?: \"name\" | \"-name\" | (string & {}) | undefined;\n");
    holds(&parameters, "  /** the body */\n  readonly body: things.ThingPatch;\n}\n");
    let operations = operations::module(&client).unwrap();
    holds(&operations, "  changeThing(parameters: parameters.ChangeThing, options?: CallOptions): Promise<things.Thing>;\n");
    holds(
        &operations,
        "  /** `things.list_things`: `GET /things`. @deprecated by the service */\n  listThings(parameters?: parameters.ListThings, ",
    );
    holds(
        &operations,
        "  listThingsItems(parameters?: parameters.ListThings, options?: CallOptions): AsyncGenerator<things.Thing, void, undefined>;\n",
    );
    let clients = [client];
    holds(&operations::names(&clients).unwrap(), "\nexport const SHOP = `changeThing\nlistThings*`;\n");
    let program = program::program(&clients).unwrap();
    holds(&program, "  await client.changeThing({ thingId: \"text\", body: {} });\n");
    holds(&program, "  for await (const _ of client.listThingsItems()) continue;\n");
}
