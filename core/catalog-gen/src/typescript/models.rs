//! The modules of `ts/catalog/generated/models`: an interface or an alias for each schema.

use super::names::{comment, head, is_type_name, key, spell};
use crate::api::{Content, Item, Models, Property};
use std::fmt::Write as _;

/// The module of a service.
pub(super) fn module(models: &Models<'_>) -> Result<String, String> {
    let service = models.service;
    let title = format!("{}: what bodies and answers hold. Everything may be missing from answers, and there may be more.", service.title);
    let mut out = head(&format!("/{}.openapi.json", service.file), &title);
    for (name, item) in &models.items {
        if !is_type_name(name) {
            return Err(format!("a type of TypeScript cannot be called {name}"));
        }
        self::item(&mut out, name, item)?;
    }
    Ok(out)
}

fn item(out: &mut String, name: &str, item: &Item) -> Result<(), String> {
    let _ = write!(out, "\n{}", comment("", &format!("{}.", item.doc))?);
    match &item.content {
        Content::Object(properties) => {
            let _ = writeln!(out, "export interface {name} {{");
            for property in properties {
                self::property(out, property)?;
            }
            out.push_str("}\n");
        }
        Content::Union(names) => {
            let _ = writeln!(out, "export type {name} = {};", names.join(" | "));
        }
        Content::Alias(of) => {
            let _ = writeln!(out, "export type {name} = {};", spell(of, ""));
        }
    }
    Ok(())
}

fn property(out: &mut String, property: &Property) -> Result<(), String> {
    if !property.notes.is_empty() {
        out.push_str(&comment("  ", &property.notes.join(", "))?);
    }
    let mark = if property.is_required { "" } else { "?" };
    let _ = writeln!(out, "  {}{mark}: {};", key(&property.name), spell(&property.of, ""));
    Ok(())
}
