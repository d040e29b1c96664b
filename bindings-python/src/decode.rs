//! Answers as Python objects. jiter makes them. Where an event loop has to have its turns meanwhile, a large answer is given
//! to it in pieces, which takes a tenth longer.

use jiter::{Jiter, JiterResult, JsonError, Peek, PythonParse, StringCacheMode};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Bytes. What is smaller takes a millisecond or so.
const LARGE: usize = 256 * 1024;

/// What `json.loads` would make of a text that is JSON; the error says what is wrong with it, and nothing of it.
pub(crate) fn decoded<'py>(py: Python<'py>, text: &[u8], pieces: bool) -> Result<Bound<'py, PyAny>, String> {
    let made = if text.len() < LARGE || !pieces { None } else { in_pieces(py, text)? };
    made.map_or_else(|| whole(py, text).map_err(|e| described(&e)), Ok)
}

fn whole<'py>(py: Python<'py>, text: &[u8]) -> Result<Bound<'py, PyAny>, JsonError> {
    // Names come again and again; values may be secrets, and are not kept.
    PythonParse { cache_mode: StringCacheMode::Keys, allow_inf_nan: false, ..PythonParse::default() }.python_parse(py, text)
}

/// The members of an object one by one, and the items of lists. None: it is neither.
fn in_pieces<'py>(py: Python<'py>, text: &[u8]) -> Result<Option<Bound<'py, PyAny>>, String> {
    let mut json = Jiter::new(text);
    match step(json.peek())? {
        Peek::Object => {}
        Peek::Array => {
            let items = list(py, &mut json, text)?;
            step(json.finish())?;
            return Ok(Some(items.into_any()));
        }
        _ => return Ok(None),
    }
    let object = PyDict::new(py);
    let mut name = step(json.next_object())?.map(str::to_owned);
    while let Some(member) = name {
        let peek = step(json.peek())?;
        let value = if peek == Peek::Array { list(py, &mut json, text)?.into_any() } else { piece(py, &mut json, text, peek)? };
        object.set_item(member, value).map_err(|_| "a name that Python cannot hold".to_owned())?;
        name = step(json.next_key())?.map(str::to_owned);
    }
    step(json.finish())?;
    Ok(Some(object.into_any()))
}

fn list<'py>(py: Python<'py>, json: &mut Jiter<'_>, text: &[u8]) -> Result<Bound<'py, PyList>, String> {
    let list = PyList::empty(py);
    let mut next = step(json.next_array())?;
    while let Some(peek) = next {
        let item = piece(py, json, text, peek)?;
        list.append(item).map_err(|_| "more items than fit".to_owned())?;
        py.detach(|| ());
        next = step(json.array_step())?;
    }
    Ok(list)
}

fn piece<'py>(py: Python<'py>, json: &mut Jiter<'_>, text: &[u8], peek: Peek) -> Result<Bound<'py, PyAny>, String> {
    let start = json.current_index();
    step(json.known_skip(peek))?;
    let part = text.get(start..json.current_index()).unwrap_or_default();
    whole(py, part).map_err(|e| described(&e))
}

fn step<T>(result: JiterResult<T>) -> Result<T, String> {
    result.map_err(|e| e.error_type.to_string())
}

fn described(error: &JsonError) -> String {
    error.error_type.to_string()
}
