//! The modules of `ts/catalog/generated/parameters`: an interface for the parameters of each operation.

use super::names::{camel, comment, head, imports, parameters, spell, titles};
use crate::api::{Client, Method};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The module of a client.
pub(super) fn module(client: &Client<'_>) -> Result<String, String> {
    let mut out = String::new();
    let mut seen = BTreeSet::new();
    for service in &client.services {
        for method in &service.methods {
            if !seen.insert(parameters(&method.name)) {
                return Err(format!("{}: two operations have parameters of one name", method.operation.id));
            }
            interface(&mut out, method, service.models.service.name).map_err(|e| format!("{}: {e}", method.operation.id))?;
        }
    }
    let head = head("", &format!("{}: the parameters of each operation.", titles(client)));
    Ok(match imports(client, &out) {
        none if none.is_empty() => head + &out,
        imports => [head.as_str(), "\n", &imports, &out].concat(),
    })
}

fn interface(out: &mut String, method: &Method<'_>, module: &str) -> Result<(), String> {
    let _ = write!(out, "\n{}", comment("", &format!("The parameters of ``{}``.", camel(&method.name)?))?);
    let name = parameters(&method.name);
    if method.arguments.is_empty() {
        let _ = writeln!(out, "export type {name} = {{ readonly [name: string]: never }};");
        return Ok(());
    }
    let _ = writeln!(out, "export interface {name} {{");
    for argument in &method.arguments {
        let end = if argument.is_required { "" } else { " | undefined" };
        let mark = if argument.is_required { "" } else { "?" };
        out.push_str(&comment("  ", &[argument.place.as_str(), argument.meaning].concat())?);
        let _ = writeln!(out, "  readonly {}{mark}: {}{end};", camel(&argument.name)?, spell(&argument.of, module));
    }
    out.push_str("}\n");
    Ok(())
}
