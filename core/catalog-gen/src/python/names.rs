//! Names and text of Python.

use crate::api::Type;

/// How far a line goes.
const WIDTH: usize = 119;

/// The keywords of Python 3.10 and later, without `match` and the like, which are names as well.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

/// What annotations are made of.
const WORDS: [&str; 10] = ["str", "int", "float", "bool", "dict", "list", "Any", "None", "TypedDict", "Union"];

/// An argument: a keyword, and what methods have by themselves, have a `_` behind.
pub(super) fn argument(name: &str) -> String {
    if name == "self" || KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Whether a class can say `name: ...` of a key: it is a name, and does not hide what the annotations after it mean.
pub(super) fn is_plain_key(name: &str) -> bool {
    let is_name = name.chars().enumerate().all(|(i, c)| c == '_' || c.is_ascii_alphabetic() || (i > 0 && c.is_ascii_digit()));
    is_name && !name.is_empty() && !name.starts_with("__") && !KEYWORDS.contains(&name) && !WORDS.contains(&name)
}

/// Whether a type can be called so.
pub(super) fn is_type_name(name: &str) -> bool {
    is_plain_key(name) && !name.starts_with('_')
}

/// A type as annotations say it. Names are those of `module`, if it is not empty.
pub(super) fn spell(of: &Type, module: &str) -> String {
    match of {
        Type::Nothing => "None".to_owned(),
        Type::Text | Type::Known { .. } => "str".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Flag => "bool".to_owned(),
        Type::Anything => "Any".to_owned(),
        Type::List(inner) => format!("list[{}]", spell(inner, module)),
        Type::Map(inner) => format!("dict[str, {}]", spell(inner, module)),
        Type::Named(name) if module.is_empty() => name.clone(),
        Type::Named(name) => format!("{module}.{name}"),
        Type::OrNone(inner) => format!("{} | None", spell(inner, module)),
    }
}

/// A literal text.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A docstring of these paragraphs, each of which goes on under its own beginning; the first stands alone.
pub(super) fn docstring(indent: &str, title: &str, lines: &[String]) -> Result<String, String> {
    if lines.iter().any(|line| line.contains(['\\', '"'])) || title.contains(['\\', '"']) {
        return Err(format!("{title}: its documentation cannot be said in a docstring"));
    }
    let first = wrap(indent, &format!("\"\"\"{title}."), "");
    if lines.is_empty() {
        return Ok(format!("{first}\"\"\"\n"));
    }
    let lines: Vec<String> = lines.iter().map(|line| wrap(indent, line, "    ")).collect();
    Ok(format!("{first}\n\n{}\n{indent}\"\"\"\n", lines.join("\n")))
}

fn wrap(indent: &str, text: &str, hanging: &str) -> String {
    let mut out = String::from(indent);
    let mut length = indent.len();
    for (i, word) in words(text).into_iter().enumerate() {
        if i > 0 && length + 1 + word.len() > WIDTH {
            out.push('\n');
            out.push_str(indent);
            out.push_str(hanging);
            length = indent.len() + hanging.len();
        } else if i > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(&word);
        length += word.len();
    }
    out
}

/// What a line may not be broken in: words, and what stands between two backquotes.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if is_open => *last = format!("{last} {word}"),
            _ => words.push(word.to_owned()),
        }
        is_open ^= word.matches("``").count() % 2 == 1;
    }
    words
}

/// A call, a signature or a list of types: on one line if it fits, else with a line for each part.
pub(super) fn enclosed(indent: &str, before: &str, [open, close]: [char; 2], parts: &[String], after: &str) -> String {
    let line = format!("{indent}{before}{open}{}{close}{after}", parts.join(", "));
    if line.len() <= WIDTH {
        return line + "\n";
    }
    let parts: String = parts.iter().map(|part| format!("{indent}    {part},\n")).collect();
    format!("{indent}{before}{open}\n{parts}{indent}{close}{after}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_no_names() {
        for (name, expected) in [("id", "id"), ("class", "class_"), ("self", "self_"), ("from", "from_"), ("type", "type")] {
            assert_eq!(argument(name), expected);
        }
        for key in ["class", "profile-id", "2fa", "", "__private", "str", "list"] {
            assert!(!is_plain_key(key), "{key}");
        }
        assert!(is_plain_key("type") && is_plain_key("masterURL") && is_plain_key("_id") && !is_type_name("_Id"));
    }

    #[test]
    fn types_are_told_on_any_python() {
        let named = Type::Named("Vpc".to_owned());
        assert_eq!(spell(&Type::OrNone(Box::new(Type::List(Box::new(named.clone())))), ""), "list[Vpc] | None");
        assert_eq!(spell(&Type::Map(Box::new(named)), "vpc"), "dict[str, vpc.Vpc]");
    }

    #[test]
    fn long_lines_go_on_below() {
        let text = docstring("  ", "Title", &["word ".repeat(30).trim_end().to_owned()]).unwrap();
        assert!(text.starts_with("  \"\"\"Title.\n\n  word word") && text.ends_with("word\n  \"\"\"\n") && text.contains("\n      word"));
        assert!(text.lines().all(|line| line.len() <= WIDTH));
        assert_eq!(words("a ``GET /b`` c"), ["a", "``GET /b``", "c"]);
        assert!(docstring("", "A \"title\"", &[]).is_err());
    }
}
