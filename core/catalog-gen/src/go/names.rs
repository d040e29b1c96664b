//! Names and types of Go.

use crate::types::model::{Type, ValuesKey};
use crate::types::names::words;
use std::collections::BTreeMap;

/// Words that Go writes in capitals.
const INITIALISMS: &[&str] = &[
    "acl", "api", "asn", "bgp", "cidr", "cpu", "crn", "cse", "dns", "fqdn", "gpu", "hpa", "html", "http", "https", "iam", "icmp", "id",
    "idp", "ike", "ip", "ipsec", "json", "kms", "lb", "mfa", "nat", "nvme", "os", "psk", "rdp", "sql", "ssh", "ssl", "tcp", "tls", "udp",
    "uri", "url", "vcpu", "vlan", "vpc", "vpn",
];

/// `list_vpcs` is `ListVPCs`, as Go spells what others see. The one word that is two in the documents is `pagesize`.
pub(super) fn exported(name: &str) -> String {
    words(name).iter().map(|word| if word == "pagesize" { "PageSize".to_owned() } else { spelled(word) }).collect()
}

fn spelled(word: &str) -> String {
    let is_initialism = |word: &str| INITIALISMS.contains(&word);
    match word.strip_suffix('s') {
        _ if is_initialism(word) => word.to_ascii_uppercase(),
        Some(one) if is_initialism(one) => one.to_ascii_uppercase() + "s",
        _ => word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default(),
    }
}

/// What stands behind the type in the name of a constant for `value`.
pub(super) fn constant(value: &str) -> String {
    match value {
        "" => "Empty".to_owned(),
        "*" => "Any".to_owned(),
        _ => exported(value.strip_prefix("urn:ibm:params:oauth:grant-type:").unwrap_or(value)),
    }
}

/// How types are spelled.
pub(super) struct Spelling {
    /// The names of texts with known values.
    pub(super) values: BTreeMap<ValuesKey, String>,
}

impl Spelling {
    /// A value that is there.
    pub(super) fn plain(&self, of: &Type) -> String {
        match of {
            Type::Nothing => "struct{}".to_owned(),
            Type::Text => "string".to_owned(),
            Type::Secret => "values.Secret".to_owned(),
            Type::Integer => "int64".to_owned(),
            Type::Number => "float64".to_owned(),
            Type::Flag => "bool".to_owned(),
            Type::DateTime => "values.DateTime".to_owned(),
            Type::Json => "values.JSON".to_owned(),
            Type::List(inner) => format!("[]{}", self.plain(inner)),
            Type::Map(inner) => format!("map[string]{}", self.plain(inner)),
            Type::Named(name) => name.clone(),
            Type::Values(key) => self.values.get(key).cloned().unwrap_or_default(),
        }
    }

    /// A value that may be missing: what has no way of its own to say so is a pointer.
    pub(super) fn optional(&self, of: &Type) -> String {
        let plain = self.plain(of);
        match of {
            Type::Secret | Type::Json | Type::List(_) | Type::Map(_) => plain,
            _ => format!("*{plain}"),
        }
    }
}

/// A literal text.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A list of literal texts.
pub(super) fn quoted_list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[]string{{{}}}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_go_would_choose() {
        for (name, expected) in [
            ("list_instances", "ListInstances"),
            ("get_vpc", "GetVPC"),
            ("list_vpcs", "ListVPCs"),
            ("providerID", "ProviderID"),
            ("vlan_ids", "VLANIDs"),
            ("https", "HTTPS"),
            ("address", "Address"),
            ("masterURL", "MasterURL"),
            ("idOrName", "IDOrName"),
            ("pagesize", "PageSize"),
        ] {
            assert_eq!(exported(name), expected);
        }
        assert_eq!((constant(""), constant("*"), constant("x86-64").as_str()), ("Empty".to_owned(), "Any".to_owned(), "X8664"));
    }

    #[test]
    fn what_may_be_missing_can_say_so() {
        let spelling = Spelling { values: BTreeMap::new() };
        let list = Type::List(Box::new(Type::Named("VPC".to_owned())));
        assert_eq!((spelling.plain(&list).as_str(), spelling.optional(&list).as_str()), ("[]VPC", "[]VPC"));
        assert_eq!((spelling.plain(&Type::Flag).as_str(), spelling.optional(&Type::Flag).as_str()), ("bool", "*bool"));
        assert_eq!(quoted_list(&["a\"".to_owned(), "b".to_owned()]), "[]string{\"a\\\"\", \"b\"}");
    }
}
