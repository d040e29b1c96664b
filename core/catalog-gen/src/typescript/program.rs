//! The program that calls every operation, for the compiler to read.

use super::names::{camel, head, key, method, quoted};
use crate::api::{Client, Method, Models, sample};
use serde_json::Value;
use std::fmt::Write as _;

/// Calls of every operation with what it cannot do without, and walks through the pages and items of every list.
pub(super) fn program(clients: &[Client<'_>]) -> Result<String, String> {
    let mut out = head("", "Every operation with what it cannot do without: it is there to be compiled, and never runs.");
    let mut classes: Vec<&str> = clients.iter().map(|client| client.class).collect();
    classes.sort_unstable();
    let _ = writeln!(out, "\nimport type {{ {} }} from \"trusted-profile/catalog\";", classes.join(", "));
    for (client, service) in clients.iter().flat_map(|client| client.services.iter().map(move |service| (client, service))) {
        let name = camel(service.models.service.name)?;
        let _ = writeln!(out, "\nexport async function {name}(client: {}): Promise<void> {{", client.class);
        for method in &service.methods {
            call(&mut out, service.models, method).map_err(|e| format!("{}: {e}", method.operation.id))?;
        }
        out.push_str("}\n");
    }
    Ok(out)
}

fn call(out: &mut String, models: &Models<'_>, called: &Method<'_>) -> Result<(), String> {
    let required = called.arguments.iter().filter(|argument| argument.is_required);
    let arguments = required.map(|argument| {
        let value = sample(models, &argument.of).ok_or_else(|| format!("there is no value for {}", argument.name))?;
        Ok(format!("{}: {}", camel(&argument.name)?, literal(&value)))
    });
    let arguments: Vec<String> = arguments.collect::<Result<_, String>>()?;
    let given = if arguments.is_empty() { String::new() } else { format!("{{ {} }}", arguments.join(", ")) };
    let name = method(&called.name)?;
    let _ = writeln!(out, "  await client.{name}({given});");
    if called.item.is_some() {
        for walk in ["Pages", "Items"] {
            let _ = writeln!(out, "  for await (const _ of client.{name}{walk}({given})) continue;");
        }
    }
    Ok(())
}

/// As TypeScript writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("{}: {}", key(name), literal(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}
