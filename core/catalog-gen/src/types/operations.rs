//! The structs of operations.

use super::model::{Models, Type};
use super::names::{field, pascal};
use super::render::{Names, model};
use crate::spec::{Kind, Operation, Parameter};
use crate::tables;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// An operation with the types that it needs.
pub(crate) struct Typed<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) answer: Type,
}

/// An argument.
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) of: Type,
    pub(crate) is_required: bool,
    pub(crate) doc: String,
}

impl<'a> Typed<'a> {
    pub(super) fn new(models: &mut Models<'_>, operation: &'a Operation) -> Result<Self, String> {
        let name = pascal(&operation.name);
        let mut arguments: Vec<Argument> =
            operation.parameters.iter().filter(|p| p.constant.is_none()).map(|p| argument(models, &name, p)).collect();
        if let (Some(of), Some(body)) = (models.body(operation, &name), &operation.body) {
            let doc = format!("The body{}", if body.required { ", required" } else { "" });
            arguments.push(Argument { name: "body".to_owned(), of, is_required: body.required, doc });
        }
        arguments.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { answer: models.answer(operation, &name)?, operation, name, arguments })
    }

    /// Its struct, and how it is built and parsed.
    pub(super) fn render(&self, names: &mut Names<'_>, usual: crate::spec::Auth, service: &crate::spec::Service) -> Result<String, String> {
        let Self { operation, name, arguments, answer } = self;
        let since = operation.since.as_ref().map(|date| format!(", since {date}")).unwrap_or_default();
        let deprecated = if operation.deprecated { ", deprecated by the service" } else { "" };
        let mut out = format!(
            "\n/// `{}`: `{} {}`{since}{deprecated}.\n#[derive(Clone, Default)]\npub struct {name} {{\n",
            operation.id,
            operation.method.as_str(),
            operation.path
        );
        let mut fields = BTreeSet::new();
        for argument in arguments {
            let of = names.spell(&argument.of);
            let place = if argument.is_required { of } else { format!("Option<{of}>") };
            let field = field(&argument.name);
            let _ = writeln!(out, "/// {}.\npub {field}: {place},", argument.doc);
            if !fields.insert(field) {
                return Err(format!("{}: two fields of one name", operation.id));
            }
        }
        out.push_str("}\n");
        let listed: Vec<&str> = arguments.iter().map(|argument| argument.name.as_str()).collect();
        let fields: Vec<String> = arguments.iter().map(|argument| field(&argument.name)).collect();
        out.push_str(&model(name, &listed, &fields, false));
        let row = tables::row(service, operation, usual)?;
        let _ = write!(
            out,
            "\nimpl rt::TypedOperation for {name} {{\ntype Output = {};\n\n#[inline]\nfn entry() -> rt::Entry {{\nrt::Entry::new(&super::SERVICE, {row:?})\n}}\n}}\n",
            names.spell(answer)
        );
        Ok(out)
    }
}

fn argument(models: &mut Models<'_>, owner: &str, parameter: &Parameter) -> Argument {
    let of = match parameter.kind {
        _ if parameter.sensitive => Type::Secret,
        Kind::Text if !parameter.values.is_empty() => models.known(&parameter.values, owner, &parameter.argument),
        Kind::Text => Type::Text,
        Kind::Integer => Type::Integer,
        Kind::Boolean => Type::Flag,
        Kind::Texts if !parameter.values.is_empty() => Type::List(Box::new(models.known(&parameter.values, owner, &parameter.argument))),
        Kind::Texts => Type::List(Box::new(Type::Text)),
    };
    let place = match parameter.place {
        crate::spec::Place::Path => "in the path",
        crate::spec::Place::Query => "in the query",
        crate::spec::Place::Header => "a header",
    };
    let secret = if parameter.sensitive { ", a secret" } else { "" };
    let required = if parameter.required { ", required" } else { "" };
    let doc = format!("`{}`, {place}{required}{secret}", parameter.name);
    Argument { name: parameter.argument.clone(), of, is_required: parameter.required, doc }
}
