//! What Python gives a call, as JSON.

use crate::problem::invalid;
use crate::values::text;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// What nests deeper contains itself, or no service takes it.
const DEEPEST: usize = 100;

/// The arguments of `operation`. At the top `None` is not given; within a body it is `null`.
pub(crate) fn arguments(operation: &str, given: &Bound<'_, PyDict>) -> PyResult<Value> {
    let mut arguments = Map::new();
    for (name, value) in given {
        let name = name.cast::<PyString>().map_err(PyErr::from).and_then(|name| text("an argument's name", name).map(str::to_owned))?;
        if !value.is_none() {
            let value = json(&value, &Place { within: None, name: Name::Member(&name) }, DEEPEST);
            let value = value.map_err(|refusal| match refusal {
                Refusal::Words(words) => invalid(given.py(), format!("{operation}: {words}")),
                Refusal::Raised(error) => error,
            })?;
            arguments.insert(name, value);
        }
    }
    Ok(Value::Object(arguments))
}

/// Why something is no argument.
enum Refusal {
    Words(String),
    /// What a mapping of the program's own raised and nobody may take from it, such as an interruption.
    Raised(PyErr),
}

/// Where in the arguments something is.
struct Place<'a> {
    within: Option<&'a Place<'a>>,
    name: Name<'a>,
}

enum Name<'a> {
    Member(&'a str),
    Item(usize),
}

impl Place<'_> {
    fn named(&self) -> String {
        let outer = self.within.map(Place::named).unwrap_or_default();
        match self.name {
            Name::Member(name) if outer.is_empty() => name.to_owned(),
            Name::Member(name) => [&outer, ".", name].concat(),
            Name::Item(index) => format!("{outer}[{index}]"),
        }
    }

    fn refuse(&self, what: &str) -> Refusal {
        Refusal::Words(format!("{}: expected {what}", self.named()))
    }

    fn outermost(&self) -> &Self {
        self.within.map_or(self, Place::outermost)
    }

    /// The text of its error could be anything.
    fn broken(&self, py: Python<'_>, error: PyErr) -> Refusal {
        if error.is_instance_of::<PyException>(py) { self.refuse("a mapping that can be read") } else { Refusal::Raised(error) }
    }
}

/// The error says where, and of which type it is; never what it is.
fn json(value: &Bound<'_, PyAny>, place: &Place<'_>, left: usize) -> Result<Value, Refusal> {
    if left == 0 {
        return Err(place.outermost().refuse("a value that ends: this one nests too deep"));
    }
    let inside = |name| Place { within: Some(place), name };
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if let Ok(words) = value.cast::<PyString>() {
        return words.to_str().map(Value::from).map_err(|_| place.refuse("text, got half a character (a lone surrogate)"));
    }
    if let Ok(whole) = value.cast::<PyInt>() {
        let number = whole.extract::<i64>().map(Number::from).or_else(|_| whole.extract::<u64>().map(Number::from));
        return number.map(Value::Number).map_err(|_| place.refuse("a number between -2^63 and 2^64"));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Number::from_f64(number.value()).map(Value::Number).ok_or_else(|| place.refuse("a finite number"));
    }
    if let Ok(items) = value.cast::<PyList>() {
        return items.iter().enumerate().map(|(index, item)| json(&item, &inside(Name::Item(index)), left.saturating_sub(1))).collect();
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return items.iter().enumerate().map(|(index, item)| json(&item, &inside(Name::Item(index)), left.saturating_sub(1))).collect();
    }
    match value.cast::<PyMapping>() {
        Ok(members) => object(members, place, left),
        Err(_) => {
            let found = value.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string());
            Err(place.refuse(&format!("a mapping, a list, text, a number, a truth value or None, got {found}")))
        }
    }
}

fn object(members: &Bound<'_, PyMapping>, place: &Place<'_>, left: usize) -> Result<Value, Refusal> {
    let broken = |error| place.broken(members.py(), error);
    let mut object = Map::new();
    for pair in members.items().map_err(broken)?.iter() {
        let (name, value) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().map_err(broken)?;
        let name = name.cast::<PyString>().ok().and_then(|name| name.to_str().ok().map(str::to_owned));
        let name = name.ok_or_else(|| place.refuse("names that are text"))?;
        let value = json(&value, &Place { within: Some(place), name: Name::Member(&name) }, left.saturating_sub(1))?;
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}
