//! The methods of clients: one for each operation, and two more for one that is paged.

use super::models::comment;
use super::names::{Spelling, exported};
use crate::spec::Operation;
use crate::types::model::{Content, Models, Type};
use crate::types::operations::{Argument, Typed};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The method for an operation.
pub(super) struct Method<'a> {
    pub(super) operation: &'a Operation,
    pub(super) name: String,
    arguments: Vec<Given>,
    answer: Type,
    /// What its pages are lists of, and the property that has the list, if it is paged.
    pub(super) items: Option<(Type, &'a str)>,
}

/// An argument as Go gives it.
struct Given {
    name: String,
    field: String,
    of: Type,
    is_required: bool,
    /// Whether nothing is sent where its field was left alone. If it is required, the core says that it is missing.
    may_be_absent: bool,
    doc: String,
}

impl<'a> Method<'a> {
    pub(super) fn new(models: &Models<'_>, typed: &Typed<'a>) -> Result<Self, String> {
        let operation = typed.operation;
        let items = operation.paging.as_ref().map(|paging| {
            let found = item_of(models, &typed.answer, &paging.items);
            found.map(|of| (of, paging.items.as_str())).ok_or_else(|| format!("{}: pages have no list {}", operation.id, paging.items))
        });
        let mut arguments: Vec<Given> = typed.arguments.iter().map(|argument| given(models, operation, argument)).collect();
        // What there has to be comes first, the body last.
        arguments.sort_by_key(|argument| (argument.name == "body", !argument.is_required));
        Ok(Self { operation, name: exported(&operation.name), arguments, answer: typed.answer.clone(), items: items.transpose()? })
    }

    /// The type of its arguments.
    pub(super) fn params(&self) -> String {
        format!("{}Params", self.name)
    }

    /// Whether there is more to an answer than that it came.
    pub(super) fn is_answered(&self) -> bool {
        self.answer != Type::Nothing
    }

    /// Its name, and those of the walks through its pages.
    pub(super) fn names(&self) -> Vec<String> {
        let walks = self.items.iter().flat_map(|_| ["Pages", "Items"]).map(|walk| self.name.clone() + walk);
        walks.chain([self.name.clone()]).collect()
    }

    /// The type of its arguments, and its methods.
    pub(super) fn render(&self, spelling: &Spelling) -> Result<String, String> {
        let (name, params, id) = (&self.name, self.params(), &self.operation.id);
        let mut out = self.arguments(spelling)?;
        let Operation { method, path, since, deprecated, .. } = self.operation;
        let since = since.as_ref().map(|date| format!(", since {date}")).unwrap_or_default();
        let _ = write!(out, "\n// {name} is {id}: {} {path}{since}.\n{}", method.as_str(), warning(*deprecated));
        let head = format!("func (c *Client) {name}(ctx context.Context, params {params})");
        match &self.answer {
            Type::Nothing => {
                let _ = writeln!(out, "{head} error {{\nreturn typed.Done(ctx, c.Client, {id:?}, params)\n}}");
            }
            Type::Secret => {
                let _ = writeln!(out, "{head} (values.Secret, error) {{\nreturn typed.Text(ctx, c.Client, {id:?}, params)\n}}");
            }
            answer => {
                let of = if *answer == Type::Flag { spelling.plain(answer) } else { spelling.optional(answer) };
                let _ = writeln!(out, "{head} ({of}, error) {{\nreturn typed.Do[{of}](ctx, c.Client, {id:?}, params)\n}}");
            }
        }
        let Some((item, property)) = &self.items else { return Ok(out) };
        let (page, item, field) = (spelling.plain(&self.answer), spelling.plain(item), exported(property));
        let _ = write!(
            out,
            "\n// {name}Pages gives the pages of [Client.{name}], from the one that params ask for. An error is the last that it gives.\nfunc (c *Client) {name}Pages(ctx context.Context, params {params}) iter.Seq2[*{page}, error] {{\nreturn typed.Pages[{page}](ctx, c.Client, {id:?}, params)\n}}\n\n// {name}Items gives the items of all pages of [Client.{name}]. An error is the last that it gives.\nfunc (c *Client) {name}Items(ctx context.Context, params {params}) iter.Seq2[{item}, error] {{\nreturn typed.Items(ctx, c.Client, {id:?}, params, {property:?}, func(page *{page}) ([]{item}, typed.Other) {{ return page.{field}, page.Other }})\n}}\n"
        );
        Ok(out)
    }

    fn arguments(&self, spelling: &Spelling) -> Result<String, String> {
        let (name, params) = (&self.name, self.params());
        let mut out = format!("\n// {params} are the arguments of [Client.{name}].\ntype {params} struct {{\n");
        let mut fields = BTreeSet::new();
        for argument in &self.arguments {
            let field = argument.field.clone();
            let place = if argument.is_required { spelling.plain(&argument.of) } else { spelling.optional(&argument.of) };
            let tag = if argument.may_be_absent { ",omitzero" } else { "" };
            let _ = writeln!(out, "{}{field} {place} `json:\"{}{tag}\"`", comment(&argument.doc), argument.name);
            if !fields.insert(field) {
                return Err(format!("{}: two fields of one name", self.operation.id));
            }
        }
        Ok(out + "}\n")
    }
}

fn given(models: &Models<'_>, operation: &Operation, argument: &Argument) -> Given {
    // The client knows the tag.
    let is_tag = argument.name == "if_match";
    let doc = if is_tag {
        "the header `If-Match`; the `ETag` that this client last saw of the resource unless given".to_owned()
    } else {
        argument.doc.clone()
    };
    // The document's own name may say more of where its words end.
    let documented = operation.parameters.iter().find(|parameter| parameter.argument == argument.name).map(|parameter| &parameter.name);
    Given {
        name: argument.name.clone(),
        field: exported(documented.unwrap_or(&argument.name)),
        of: argument.of.clone(),
        is_required: argument.is_required && !is_tag,
        may_be_absent: !argument.is_required || is_tag || is_forgotten_if_zero(models, &argument.of),
        doc,
    }
}

/// Whether the zero value of a field means that nobody set it: 0, false and a body without properties may be meant.
fn is_forgotten_if_zero(models: &Models<'_>, of: &Type) -> bool {
    match of {
        Type::Nothing | Type::Integer | Type::Number | Type::Flag => false,
        Type::Text | Type::Secret | Type::DateTime | Type::Values(_) | Type::Json | Type::List(_) | Type::Map(_) => true,
        Type::Named(name) => match models.items.get(name).map(|item| &item.content) {
            Some(Content::Struct(properties)) => properties.iter().any(|property| property.is_required),
            Some(Content::Union { .. }) => true,
            None => false,
        },
    }
}

/// What `property` of `page` is a list of.
fn item_of(models: &Models<'_>, page: &Type, property: &str) -> Option<Type> {
    let Type::Named(name) = page else { return None };
    let Content::Struct(properties) = &models.items.get(name)?.content else { return None };
    match &properties.iter().find(|candidate| candidate.name == property)?.of {
        Type::List(item) => Some(item.as_ref().clone()),
        _ => None,
    }
}

const fn warning(is_deprecated: bool) -> &'static str {
    if is_deprecated { "//\n// Deprecated: the service wants no newcomers to use it.\n" } else { "" }
}
