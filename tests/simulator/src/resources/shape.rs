//! What a document's paths say about its resources: collections, their items, and what stands alone.

use serde_json::Value;

use crate::spec::{Document, Operation, Segment};

/// The template without the slash at its end.
pub(crate) fn segments(operation: &Operation) -> &[Segment] {
    match operation.segments.as_slice() {
        [rest @ .., last] if last.is_empty() => rest,
        whole => whole,
    }
}

/// The template of the collection: that of an item's operation without the item.
pub(crate) fn collection(operation: &Operation) -> &[Segment] {
    match segments(operation) {
        [rest @ .., Segment::Parameter(_)] => rest,
        whole => whole,
    }
}

fn same(one: &[Segment], other: &[Segment]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Segment::Literal(one), Segment::Literal(other)) => one == other,
            (Segment::Parameter(_), Segment::Parameter(_)) => true,
            _ => false,
        })
}

/// The operation of that method on the items of a collection.
pub(crate) fn of_item<'a>(document: &'a Document, collection: &[Segment], method: &str) -> Option<&'a Operation> {
    document.operations.iter().find(|operation| {
        let [rest @ .., Segment::Parameter(_)] = segments(operation) else { return false };
        operation.method == method && same(rest, collection)
    })
}

/// The operation of that method on the collection itself.
pub(crate) fn of_collection<'a>(document: &'a Document, collection: &[Segment], method: &str) -> Option<&'a Operation> {
    document.operations.iter().find(|operation| operation.method == method && same(segments(operation), collection))
}

pub(crate) fn has_items(document: &Document, collection: &[Segment]) -> bool {
    ["GET", "HEAD", "PUT", "DELETE", "PATCH"].iter().any(|method| of_item(document, collection, method).is_some())
}

/// Whether nobody can add to the collection: the service gives it.
pub(crate) fn is_given(document: &Document, collection: &[Segment]) -> bool {
    of_collection(document, collection, "POST").is_none()
        && of_collection(document, collection, "PUT").is_none()
        && of_item(document, collection, "PUT").is_none()
        && of_item(document, collection, "POST").is_none()
}

/// The schema of a collection's items, whole.
pub(crate) fn item_schema<'a>(document: &'a Document, collection: &[Segment]) -> Option<&'a Value> {
    let of_item = ["GET", "PATCH", "PUT"].iter().find_map(|method| of_item(document, collection, method)?.schema());
    of_item.or_else(|| listed_schema(document, collection)).or_else(|| of_collection(document, collection, "POST")?.schema())
}

/// The schema of the items in the collection's list.
fn listed_schema<'a>(document: &'a Document, collection: &[Segment]) -> Option<&'a Value> {
    let list = of_collection(document, collection, "GET")?;
    match items(document, list)? {
        Items::Whole => document.items(list.schema()?),
        Items::Property(name) => document.items(document.property(list.schema()?, &name)?),
    }
}

/// Where a list has its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    /// The answer is the list.
    Whole,
    Property(String),
}

/// Where the answer of an operation has the items of the collection, if it has them.
pub(crate) fn items(document: &Document, operation: &Operation) -> Option<Items> {
    let schema = operation.schema()?;
    if let Some(paging) = &operation.paging {
        return Some(Items::Property(paging.items.clone()));
    }
    if document.is_type(schema, "array") {
        return Some(Items::Whole);
    }
    if !has_items(document, segments(operation)) {
        return None;
    }
    let whole = ["GET", "PATCH"].iter().find_map(|method| of_item(document, segments(operation), method)?.schema());
    let properties = document.resolve(schema).get("properties")?.as_object()?;
    let lists: Vec<(&String, &Value)> = properties.iter().filter(|(_, property)| document.is_type(property, "array")).collect();
    let is_whole = |property: &Value| whole.is_some() && document.items(property) == whole;
    let named = lists.iter().find(|(_, property)| is_whole(property)).or(lists.first())?;
    Some(Items::Property(named.0.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Api;

    fn listed(api: Api, id: &str) -> Option<Items> {
        let document = api.document();
        items(document, document.operations.iter().find(|operation| operation.id == id).unwrap())
    }

    #[test]
    fn lists_are_told_from_what_stands_alone() {
        let property = |name: &str| Some(Items::Property(name.to_owned()));
        assert_eq!(listed(Api::Vpc, "list_vpcs"), property("vpcs"));
        assert_eq!(listed(Api::Vpc, "list_regions"), property("regions"));
        assert_eq!(listed(Api::Vpc, "list_vpn_gateway_connections_local_cidrs"), property("cidrs"));
        assert_eq!(listed(Api::Vpc, "get_instance_initialization"), None);
        assert_eq!(listed(Api::Vpc, "get_vpc_default_security_group"), None);
        assert_eq!(listed(Api::Policies, "list_roles"), property("custom_roles"));
        assert_eq!(listed(Api::Containers, "list_clusters"), Some(Items::Whole));
    }

    #[test]
    fn every_item_has_a_schema_or_no_content() {
        // Nothing but a name is kept of these.
        let known = ["/advertised_cidrs", "/cidrs", "/{identity-type}"];
        for api in Api::ALL {
            let document = api.document();
            for operation in document.operations.iter().filter(|operation| operation.is_of_an_item()) {
                let found = item_schema(document, collection(operation)).is_some() || operation.status == 204;
                assert!(found || known.iter().any(|end| operation.path.contains(end)), "{}", operation.path);
            }
        }
    }
}
