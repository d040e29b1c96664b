//! Which operation a request is for.

use percent_encoding::percent_decode_str;

use super::document::Document;
use super::operation::{Operation, Segment};

pub(crate) enum Routed<'a> {
    Found {
        operation: &'a Operation,
        arguments: Vec<(String, String)>,
    },
    /// The path is known, with other methods.
    OtherMethod,
    Unknown,
}

impl Document {
    /// `path` is still percent-encoded, and has nothing of the server's URL.
    pub(crate) fn route(&self, method: &str, path: &str) -> Routed<'_> {
        let given: Vec<&str> = path.split('/').skip(1).collect();
        let mut best: Option<(&Operation, Vec<(String, String)>)> = None;
        let mut known = false;
        for operation in &self.operations {
            let Some(arguments) = fit(&operation.segments, &given) else { continue };
            known = true;
            let better = best.as_ref().is_none_or(|(other, _)| is_closer(operation, other));
            if operation.method == method && better {
                best = Some((operation, arguments));
            }
        }
        match best {
            Some((operation, arguments)) => Routed::Found { operation, arguments },
            None if known => Routed::OtherMethod,
            None => Routed::Unknown,
        }
    }
}

/// The path's arguments, decoded, if it fits. A slash at the end that the template has must be there;
/// one that it does not have does no harm, since some of IBM's own documents print it.
fn fit(template: &[Segment], given: &[&str]) -> Option<Vec<(String, String)>> {
    let given = match given {
        [rest @ .., ""] if template.len() < given.len() => rest,
        whole => whole,
    };
    if template.len() != given.len() {
        return None;
    }
    let mut arguments = Vec::new();
    for (segment, text) in template.iter().zip(given) {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        match segment {
            Segment::Literal(literal) if *literal == decoded => {}
            Segment::Parameter(name) if !decoded.is_empty() => arguments.push((name.clone(), decoded.into_owned())),
            _ => return None,
        }
    }
    Some(arguments)
}

/// `/apikeys/details` is closer to itself than `/apikeys/{id}` is.
fn is_closer(one: &Operation, other: &Operation) -> bool {
    let is_literal = |segment: &Segment| matches!(segment, Segment::Literal(_));
    let first_difference = one.segments.iter().zip(&other.segments).find(|(one, other)| is_literal(one) != is_literal(other));
    first_difference.is_some_and(|(one, _)| is_literal(one))
}

#[cfg(test)]
mod tests {
    use super::super::Api;
    use super::*;

    fn found(api: Api, method: &str, path: &str) -> Option<(String, Vec<(String, String)>)> {
        match api.document().route(method, path) {
            Routed::Found { operation, arguments } => Some((operation.id.clone(), arguments)),
            _ => None,
        }
    }

    #[test]
    fn literals_come_before_parameters_and_values_are_decoded() {
        assert_eq!(found(Api::IamIdentity, "GET", "/v1/apikeys/details").unwrap().0, "get_api_keys_details");
        let (id, arguments) = found(Api::IamIdentity, "GET", "/v1/apikeys/a%2Fb").unwrap();
        assert_eq!((id.as_str(), arguments), ("get_api_key", vec![("id".to_owned(), "a/b".to_owned())]));
    }

    #[test]
    fn slashes_at_the_end() {
        assert!(found(Api::IamIdentity, "GET", "/v1/serviceids/").is_some());
        assert!(found(Api::IamIdentity, "GET", "/v1/serviceids").is_none());
        assert!(found(Api::IamIdentity, "GET", "/v1/profiles/").is_some());
        assert!(found(Api::IamIdentity, "GET", "/v1/profiles//links").is_none());
    }

    #[test]
    fn other_methods_are_told_from_unknown_paths() {
        assert!(matches!(Api::Vpc.document().route("POST", "/regions"), Routed::OtherMethod));
        assert!(matches!(Api::Vpc.document().route("GET", "/nothing"), Routed::Unknown));
    }
}
