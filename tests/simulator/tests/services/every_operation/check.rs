//! Values held against a document, by a validator that has nothing to do with the simulator.

use std::cell::RefCell;
use std::collections::BTreeMap;

use boon::{Compiler, Schemas};
use serde_json::Value;

/// Holds a value against the schema at that place of the document.
pub(crate) fn check(document: &Value, pointer: &str, value: &Value) -> Result<(), String> {
    thread_local! {
        static COMPILED: RefCell<BTreeMap<String, (Schemas, Compiler)>> = const { RefCell::new(BTreeMap::new()) };
    }
    let title = document["info"]["title"].as_str().unwrap().replace(' ', "-");
    let url = format!("http://document.invalid/{title}.json");
    COMPILED.with_borrow_mut(|compiled| {
        let (schemas, compiler) = compiled.entry(title).or_insert_with(|| {
            let mut compiler = Compiler::new();
            compiler.enable_format_assertions();
            compiler.add_resource(&url, document.clone()).unwrap();
            (Schemas::new(), compiler)
        });
        let fragment: String = percent_encoding::utf8_percent_encode(pointer, percent_encoding::NON_ALPHANUMERIC).to_string();
        let index = compiler.compile(&format!("{url}#{}", fragment.replace("%2F", "/")), schemas).map_err(|error| error.to_string())?;
        schemas.validate(value, index).map_err(|error| format!("{error}"))
    })
}
