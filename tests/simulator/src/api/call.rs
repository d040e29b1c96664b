//! One request for a described operation, with all that its handlers need.

use std::sync::Arc;

use serde_json::Value;

use crate::clock::Moment;
use crate::exchange::{Circumstances, Received};
use crate::spec::{Api, Document, Operation, Segment};
use crate::world::World;

pub(crate) struct Call<'a> {
    pub(crate) world: &'a Arc<World>,
    pub(crate) api: Api,
    pub(crate) document: &'static Document,
    pub(crate) operation: &'static Operation,
    /// The arguments of the path, decoded.
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    /// Null if there is none.
    pub(crate) body: Value,
    pub(crate) request: &'a Received,
    pub(crate) circumstances: &'a Circumstances,
    /// The IAM id of who asks.
    pub(crate) caller: String,
    pub(crate) account_id: String,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        world: &'a Arc<World>,
        api: Api,
        operation: &'static Operation,
        arguments: Vec<(String, String)>,
        request: &'a Received,
        circumstances: &'a Circumstances,
        caller: String,
    ) -> Self {
        let account_id = world.account().account_id.clone();
        let query = request.parameters();
        Self {
            world,
            api,
            document: api.document(),
            operation,
            arguments,
            query,
            body: Value::Null,
            request,
            circumstances,
            caller,
            account_id,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.circumstances.now
    }

    pub(crate) fn argument(&self, name: &str) -> &str {
        self.arguments.iter().find(|(candidate, _)| candidate == name).map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// A text of the body.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }

    /// The path of the operation's first `length` segments: the address of a collection or an item.
    pub(crate) fn address(&self, length: usize) -> String {
        let mut arguments = self.arguments.iter();
        let mut address = String::new();
        for segment in self.operation.segments.iter().take(length).filter(|segment| !segment.is_empty()) {
            address.push('/');
            match segment {
                Segment::Literal(text) => address.push_str(text),
                Segment::Parameter(_) => address.push_str(&escaped(arguments.next().map_or("", |(_, value)| value))),
            }
        }
        address
    }

    /// The address of what the operation is about.
    pub(crate) fn path(&self) -> String {
        self.address(self.operation.segments.len())
    }

    /// The collection: for an operation of an item, what stands before the item's id.
    pub(crate) fn collection(&self) -> String {
        let length = self.operation.segments.iter().filter(|segment| !segment.is_empty()).count();
        if self.operation.is_of_an_item() { self.address(length.saturating_sub(1)) } else { self.address(length) }
    }

    /// The last argument of the path: the id of an item.
    pub(crate) fn id(&self) -> &str {
        self.arguments.last().map_or("", |(_, value)| value.as_str())
    }

    /// The URL of an address, as the answer's links have it.
    pub(crate) fn url(&self, address: &str) -> String {
        let scheme = if self.request.tls { "https" } else { "http" };
        let host = self.request.header("host").unwrap_or("localhost");
        format!("{scheme}://{host}{}{address}", self.api.base())
    }
}

/// A value as one segment of an address.
pub(crate) fn escaped(value: &str) -> String {
    value.replace('%', "%25").replace('/', "%2F")
}
