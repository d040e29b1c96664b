//! JSON values to Python objects and back. Python counts in seconds: a member `life_ms` is `life` there.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString};
use serde_json::{Map, Number, Value};

/// As `json.loads` would have it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Value::Number(number) => number_to_python(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| to_python(py, item)).collect::<PyResult<_>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, value) in members {
                dict.set_item(name, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// What the core says in milliseconds, in seconds.
pub(crate) fn in_seconds(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(|(name, value)| member_in_seconds(name, value)).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(in_seconds).collect()),
        other => other,
    }
}

fn member_in_seconds(name: String, value: Value) -> (String, Value) {
    match name.strip_suffix("_ms") {
        Some(short) => {
            let seconds = value.as_u64().and_then(|ms| Number::from_f64(std::time::Duration::from_millis(ms).as_secs_f64()));
            (short.to_owned(), seconds.map_or(Value::Null, Value::Number))
        }
        None => (name, in_seconds(value)),
    }
}

fn number_to_python<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    if let Some(whole) = number.as_i64() {
        return Ok(whole.into_pyobject(py)?.into_any());
    }
    if let Some(whole) = number.as_u64() {
        return Ok(whole.into_pyobject(py)?.into_any());
    }
    Ok(PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any())
}

/// Options nest once or twice. What nests deeper is a mapping that contains itself, or worse.
const DEEPEST: usize = 8;

/// A Python object as JSON. `what` names it in errors; its text is not shown, since it may be a secret.
pub(crate) fn from_python(what: &str, object: &Bound<'_, PyAny>) -> PyResult<Value> {
    value_from_python(what, object, 0)
}

/// Text that may be a secret: Python's own error would carry all of it along.
pub(crate) fn text<'py>(what: &str, text: &'py Bound<'_, PyString>) -> PyResult<&'py str> {
    text.to_str().map_err(|_| PyTypeError::new_err(format!("{what}: expected text, got half a character (a lone surrogate)")))
}

fn value_from_python(what: &str, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(yes) = object.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if let Ok(words) = object.cast::<PyString>() {
        return text(what, words).map(|words| Value::String(words.to_owned()));
    }
    if let Ok(whole) = object.cast::<PyInt>() {
        return whole.extract::<i64>().map(|whole| Value::Number(whole.into())).map_err(|_| unfit(what, "a number beyond all reason"));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        return Number::from_f64(number.value()).map(Value::Number).ok_or_else(|| unfit(what, "infinity or no number"));
    }
    if object.hasattr("__fspath__")? {
        let path = object.call_method0("__fspath__")?;
        let path = path.cast::<PyString>().map_err(|_| unfit(what, "a path that is no text"))?;
        return text(what, path).map(|path| Value::String(path.to_owned()));
    }
    match object.cast::<PyMapping>() {
        Ok(_) if depth == DEEPEST => Err(unfit(what, "mappings within mappings without end")),
        Ok(members) => members_from_python(what, members, depth.saturating_add(1)).map(Value::Object),
        Err(_) => Err(unfit(what, &object.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string()))),
    }
}

fn members_from_python(what: &str, members: &Bound<'_, PyMapping>, depth: usize) -> PyResult<Map<String, Value>> {
    let mut map = Map::new();
    for pair in members.items()?.iter() {
        let (name, value) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let name = name.cast::<PyString>().map_err(|_| unfit(what, "a name that is no text"))?;
        let name = text(what, name)?;
        let inner = format!("{what}.{name}");
        map.insert(name.to_owned(), value_from_python(&inner, &value, depth)?);
    }
    Ok(map)
}

fn unfit(what: &str, found: &str) -> PyErr {
    PyTypeError::new_err(format!("{what}: expected text, a finite number, a truth value, a path or a mapping, got {found}"))
}
