//! One OpenAPI document, read.

use serde_json::Value;

use super::operation::Operation;

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

pub(crate) struct Document {
    pub(super) root: Value,
    pub(crate) operations: Vec<Operation>,
}

impl Document {
    /// What is not JSON has no operations; a test reads every document.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut document = Self { root: serde_json::from_slice(bytes).unwrap_or_default(), operations: Vec::new() };
        document.operations = document.read_operations();
        document
    }

    fn read_operations(&self) -> Vec<Operation> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        let each_method = paths
            .into_iter()
            .flatten()
            .flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((path.as_str(), *method, item, item.get(*method)?))));
        each_method.map(|(path, method, item, operation)| Operation::read(self, path, method, item, operation)).collect()
    }

    /// The operation of that method and path template, if there is one.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.method == method && operation.path == path)
    }
}
