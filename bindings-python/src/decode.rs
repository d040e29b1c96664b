//! Answers as Python objects, which may be thousands.

use crate::values::number_to_python;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString};
use serde_json::Value;
use std::collections::HashMap;

/// After so many values, other threads may have the interpreter: an event loop goes on while a large page is made.
const TURN: u32 = 2048;

/// As `json.loads` would have it.
pub(crate) fn decoded<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Decoder { py, names: HashMap::new(), made: 0 }.value(value)
}

struct Decoder<'py, 'a> {
    py: Python<'py>,
    /// The items of a page have the same names over and over.
    names: HashMap<&'a str, Bound<'py, PyString>>,
    made: u32,
}

impl<'py, 'a> Decoder<'py, 'a> {
    fn value(&mut self, value: &'a Value) -> PyResult<Bound<'py, PyAny>> {
        self.made = self.made.wrapping_add(1);
        if self.made.is_multiple_of(TURN) {
            self.py.detach(|| ());
        }
        Ok(match value {
            Value::Null => self.py.None().into_bound(self.py),
            Value::Bool(yes) => PyBool::new(self.py, *yes).to_owned().into_any(),
            Value::Number(number) => number_to_python(self.py, number)?,
            Value::String(text) => PyString::new(self.py, text).into_any(),
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item)).collect::<PyResult<_>>()?;
                PyList::new(self.py, items)?.into_any()
            }
            Value::Object(members) => {
                let dict = PyDict::new(self.py);
                for (name, value) in members {
                    let value = self.value(value)?;
                    dict.set_item(self.name(name), value)?;
                }
                dict.into_any()
            }
        })
    }

    fn name(&mut self, name: &'a str) -> Bound<'py, PyString> {
        self.names.entry(name).or_insert_with(|| PyString::new(self.py, name)).clone()
    }
}
