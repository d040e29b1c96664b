//! The modules of `ts/catalog/generated/operations`: the methods of each client, and what they are called.

use super::names::{comment, head, imports, method, parameters, spell, titles};
use crate::api::{Client, Method};
use crate::spec::Operation;
use std::fmt::Write as _;

/// The module of a client.
pub(super) fn module(client: &Client<'_>) -> Result<String, String> {
    let class = client.class;
    let mut out = String::new();
    let _ = write!(out, "\n{}export interface {class}Operations {{", comment("", &format!("The operations of ``{class}``."))?);
    for service in &client.services {
        for method in &service.methods {
            method_of(&mut out, method, service.models.service.name)?;
        }
    }
    out.push_str("}\n");
    Ok(format!(
        "{}\nimport type {{ CallOptions }} from \"../../client.js\";\n{}import type * as parameters from \"../parameters/{}.js\";\n{out}",
        head("", &format!("{}: a method for each operation.", titles(client))),
        imports(client, &out),
        class.to_ascii_lowercase(),
    ))
}

fn method_of(out: &mut String, called: &Method<'_>, module: &str) -> Result<(), String> {
    let name = method(&called.name)?;
    let mark = if called.arguments.iter().any(|argument| argument.is_required) { "" } else { "?" };
    let arguments = format!("(parameters{mark}: parameters.{}, options?: CallOptions)", parameters(&called.name));
    let answer = spell(&called.answer, module);
    let _ = write!(out, "\n{}", comment("  ", &title(called.operation))?);
    let _ = writeln!(out, "  {name}{arguments}: Promise<{answer}>;");
    let Some(item) = &called.item else { return Ok(()) };
    for (walk, of, what) in [("Pages", answer, "The pages"), ("Items", spell(item, module), "The items of all pages")] {
        let doc = format!("{what} of ``{name}``, from the page that the parameters ask for.");
        out.push_str(&comment("  ", &doc)?);
        let _ = writeln!(out, "  {name}{walk}{arguments}: AsyncGenerator<{of}, void, undefined>;");
    }
    Ok(())
}

/// What it does, for people.
fn title(operation: &Operation) -> String {
    let Operation { id, method, path, since, .. } = operation;
    let since = since.as_ref().map(|date| format!(", since {date}")).unwrap_or_default();
    // Editors strike out what is marked so.
    let deprecated = if operation.deprecated { " @deprecated by the service" } else { "" };
    format!("``{id}``: ``{} {path}``{since}.{deprecated}", method.as_str())
}

/// The names of all methods.
pub(super) fn names(clients: &[Client<'_>]) -> Result<String, String> {
    let mut out = head("", "The methods of each client, in lines; those with a star have pages.");
    for client in clients {
        let names = client.methods().map(|called| Ok(format!("{}{}", method(&called.name)?, if called.item.is_some() { "*" } else { "" })));
        let names: Vec<String> = names.collect::<Result<_, String>>()?;
        let _ = write!(out, "\nexport const {} = `{}`;\n", client.class.to_ascii_uppercase(), names.join("\n"));
    }
    Ok(out)
}
