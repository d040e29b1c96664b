//! Names of Rust for names of the API.

/// Words of a name, in lower case: `masterURL` and `master_url` are both `master` and `url`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let all: Vec<char> = name.chars().collect();
    for (index, &c) in all.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| all.get(index));
        let is_next_lower = all.get(index + 1).is_some_and(char::is_ascii_lowercase);
        // As in `IDs`.
        let is_plural = all.get(index + 1) == Some(&'s') && all.get(index + 2).is_none_or(|c| !c.is_ascii_lowercase());
        let starts = c.is_ascii_uppercase()
            && before
                .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || (b.is_ascii_uppercase() && is_next_lower && !is_plural));
        if starts || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `VPN gateways` is `vpn_gateways`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `list_instances` is `ListInstances`.
pub(crate) fn pascal(name: &str) -> String {
    let capital = |word: String| word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default();
    words(name).into_iter().map(capital).collect()
}

/// The constant for a value, such as `SHA_256` for `sha-256`.
pub(super) fn constant(value: &str) -> String {
    let name = match value {
        "" => "EMPTY".to_owned(),
        "*" => "ANY".to_owned(),
        _ => words(value.strip_prefix("urn:ibm:params:oauth:grant-type:").unwrap_or(value)).join("_").to_ascii_uppercase(),
    };
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("N{name}") } else { name }
}

/// A field for a property or an argument.
pub(super) fn field(name: &str) -> String {
    let name = snake(name);
    if matches!(name.as_str(), "self" | "super" | "crate") {
        return format!("{name}_");
    }
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// Whether generated code means something else by the name of a type.
pub(super) fn is_reserved(name: &str) -> bool {
    ["Box", "Clone", "Debug", "Default", "Err", "From", "None", "Ok", "Option", "PartialEq", "Result", "Self", "Some", "String", "Vec"]
        .contains(&name)
}

const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "static",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_language() {
        for (name, expected) in [("masterURL", "master_url"), ("VPN gateways", "vpn_gateways"), ("apiUser", "api_user"), ("a.-b", "a_b")] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!((pascal("list_instances"), pascal("providerID")), ("ListInstances".to_owned(), "ProviderId".to_owned()));
        assert_eq!((field("type"), field("self"), field("name")), ("r#type".to_owned(), "self_".to_owned(), "name".to_owned()));
        for (value, expected) in [("sha-256", "SHA_256"), ("", "EMPTY"), ("2025", "N2025"), ("*", "ANY"), ("iamToken", "IAM_TOKEN")] {
            assert_eq!(constant(value), expected);
        }
    }
}
