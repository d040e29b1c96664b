//! Parameters and bodies, held against the document.

use serde_json::Value;

use super::EXAMPLE;
use super::call::Call;
use super::refusal::{Kind, Refusal};
use crate::spec::{Api, Fault, Parameter, Place, Violation};

type Checked = Result<(), Refusal>;

/// Query parameters and headers. Unknown ones are passed over, as these services do.
pub(super) fn check(call: &Call<'_>) -> Checked {
    for parameter in call.operation.parameters(Place::Path) {
        check_parameter(call, parameter, Some(call.argument(&parameter.name)), "parameter")?;
    }
    for parameter in call.operation.parameters(Place::Query) {
        check_parameter(call, parameter, call.query(&parameter.name), "parameter")?;
    }
    for parameter in call.operation.parameters(Place::Header) {
        let name = parameter.name.to_lowercase();
        check_parameter(call, parameter, call.request.header(&name), "header")?;
    }
    if call.api == Api::Vpc {
        check_version(call)?;
    }
    let named = call.arguments.iter().chain(&call.query).find(|(name, _)| name == "account_id");
    match named {
        Some((_, account)) => check_account(call, account),
        None => Ok(()),
    }
}

fn check_parameter(call: &Call<'_>, parameter: &Parameter, given: Option<&str>, place: &'static str) -> Checked {
    let Some(text) = given.filter(|text| !text.is_empty()) else {
        if !parameter.required {
            return Ok(());
        }
        let kind = if place == "header" { Kind::MissingHeader } else { Kind::MissingParameter };
        return Err(Refusal::new(kind, &format!("{} is required", parameter.name)).about(place, &parameter.name));
    };
    let schema = call.document.resolve(&parameter.schema);
    let refuse =
        |why: &str| Refusal::new(Kind::InvalidParameter, &format!("{} is not valid: {why}", parameter.name)).about(place, &parameter.name);
    let item = call.document.items(schema).filter(|_| call.document.is_type(schema, "array"));
    let texts: Vec<&str> = if item.is_some() { text.split(',').collect() } else { vec![text] };
    let schema = item.unwrap_or(schema);
    for text in texts {
        let value = typed(call, schema, text).ok_or_else(|| refuse("it has the wrong type"))?;
        call.document.check(schema, &value).map_err(|violation| refuse(&why(&violation)))?;
    }
    Ok(())
}

/// The value that a text of the query stands for.
fn typed(call: &Call<'_>, schema: &Value, text: &str) -> Option<Value> {
    if call.document.is_type(schema, "string") {
        return Some(Value::from(text));
    }
    if call.document.is_type(schema, "integer") {
        return text.parse::<i64>().ok().map(Value::from);
    }
    if call.document.is_type(schema, "boolean") {
        return text.parse::<bool>().ok().map(Value::from);
    }
    Some(Value::from(text))
}

/// The service's first version is of 2019; one of the future cannot be asked for.
fn check_version(call: &Call<'_>) -> Checked {
    let version = call.query("version").unwrap_or_default();
    let refuse = |why: &str| Err(Refusal::new(Kind::InvalidParameter, why).about("parameter", "version"));
    if !crate::metadata::is_date(version) {
        return refuse("the version query parameter must have the form YYYY-MM-DD");
    }
    if version < "2019-01-01" || version > call.now().date().as_str() {
        return refuse("the version must be from 2019-01-01 to today");
    }
    Ok(())
}

fn check_account(call: &Call<'_>, account: &str) -> Checked {
    if account == call.account_id || account == EXAMPLE {
        return Ok(());
    }
    Err(Refusal::new(Kind::Forbidden, "You are not authorized to use this API for another account"))
}

fn why(violation: &Violation) -> String {
    match &violation.fault {
        Fault::Missing => format!("{} is required", violation.at),
        Fault::Invalid(why) if violation.at.is_empty() => why.clone(),
        Fault::Invalid(why) => format!("{}: {why}", violation.at),
    }
}

/// The body, checked; null if there is none and none is needed.
pub(super) fn body(call: &Call<'_>) -> Result<Value, Refusal> {
    let Some(body) = &call.operation.body else { return Ok(Value::Null) };
    if call.request.body_too_large {
        return Err(Refusal::new(Kind::BadBody, "the body is too large"));
    }
    if call.request.body.is_empty() {
        return if body.required { Err(Refusal::new(Kind::BadBody, "a body is required")) } else { Ok(Value::Null) };
    }
    check_label(call, &body.content_type)?;
    if !body.is_json() {
        return Ok(Value::from(String::from_utf8_lossy(&call.request.body).into_owned()));
    }
    let value: Value = serde_json::from_slice(&call.request.body)
        .map_err(|error| Refusal::new(Kind::BadBody, &format!("the body is not JSON: {error}")))?;
    // In a merge patch null means removal, whatever the type of the property.
    let checked = if body.is_merge_patch() { without_nulls(&value) } else { value.clone() };
    call.document.check(&body.schema, &checked).map_err(|violation| refused(&violation))?;
    if let Some(account) = value.get("account_id").and_then(Value::as_str) {
        check_account(call, account)?;
    }
    Ok(value)
}

/// The label that the document names, or what curl writes on everything.
fn check_label(call: &Call<'_>, wanted: &str) -> Checked {
    let label = call.request.header("content-type").unwrap_or(wanted);
    let label = label.split(';').next().unwrap_or_default().trim();
    if label.eq_ignore_ascii_case(wanted) || label == "application/x-www-form-urlencoded" {
        return Ok(());
    }
    Err(Refusal::new(Kind::MediaType, &format!("the body must be of type {wanted}")).about("header", "Content-Type"))
}

fn refused(violation: &Violation) -> Refusal {
    match violation.fault {
        Fault::Missing => Refusal::new(Kind::MissingField, &why(violation)).about("field", &violation.at),
        Fault::Invalid(_) if violation.at.is_empty() => Refusal::new(Kind::BadBody, &why(violation)),
        Fault::Invalid(_) => Refusal::new(Kind::InvalidField, &why(violation)).about("field", &violation.at),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        other => other.clone(),
    }
}
