//! The credential file of IBM's SDKs.

use super::properties::{Properties, Property};
use super::refuse;
use super::surroundings::{CredentialFile, Place, Surroundings};
use crate::error::Error;
use crate::secret::Secret;
use crate::token::FileProblem;

/// The properties of the first credential file that is there and may be trusted.
///
/// # Errors
/// `InvalidArgument` when `IBM_CREDENTIALS_FILE` names a file that cannot be read: to go on with another
/// identity would be a surprise (trap 72).
pub(super) fn properties(prefix: &str, found: &Surroundings, passed_over: &mut Vec<String>) -> Result<Option<Properties>, Error> {
    for file in &found.files {
        match &file.content {
            Ok(text) if is_trusted(file) => return Ok(Some(Properties::new(of_prefix(prefix, file, text)))),
            Ok(_) => passed_over.push(format!(
                "{}: it may have been written by somebody else; make it yours and writable by nobody else (chmod go-w)",
                file.path
            )),
            Err(problem) if file.place == Place::Named => {
                return Err(refuse("IBM_CREDENTIALS_FILE", "the environment", &format!("{}: {}", file.path, in_words(*problem))));
            }
            Err(FileProblem::NotFound) => {}
            Err(problem) => passed_over.push(format!("{}: {}", file.path, in_words(*problem))),
        }
    }
    Ok(None)
}

/// Token files are one line, these are not.
const fn in_words(problem: FileProblem) -> &'static str {
    match problem {
        FileProblem::NotText => "not UTF-8 text",
        other => other.as_str(),
    }
}

/// R20: whoever chooses the working directory does not choose the credentials.
fn is_trusted(file: &CredentialFile) -> bool {
    file.place != Place::WorkingDirectory || file.owner.is_none_or(super::Owner::is_trusted)
}

fn of_prefix(prefix: &str, file: &CredentialFile, text: &Secret) -> Vec<Property> {
    let lines = (1_usize..).zip(text.expose().trim_start_matches('\u{feff}').lines());
    let properties = lines.filter_map(|(number, line)| {
        let (key, value) = key_and_value(line)?;
        let name = key.strip_prefix(prefix)?;
        let origin = format!("{}, line {number}", file.path);
        Some(Property { name: name.to_owned(), key: key.to_owned(), value: Secret::new(value), origin })
    });
    properties.collect()
}

/// `KEY=value`, as the SDKs of all languages write it: blanks around either do not count, nor does a
/// leading `export`, nor quotes around the whole value. `#` begins a comment only at the line's start,
/// since a key or secret may hold one.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let key = key.strip_prefix("export ").map_or(key, str::trim_start);
    Some((key, unquoted(value.trim())))
}

fn unquoted(value: &str) -> &str {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_sdk() {
        let cases = [
            ("A=b", Some(("A", "b"))),
            ("  A = b c ", Some(("A", "b c"))),
            ("export A=b", Some(("A", "b"))),
            ("A=\"b\"", Some(("A", "b"))),
            ("A='b'", Some(("A", "b"))),
            ("A='b\"", Some(("A", "'b\""))),
            ("A=\"", Some(("A", "\""))),
            ("A=b=c", Some(("A", "b=c"))),
            ("A=b#c", Some(("A", "b#c"))),
            ("A=", Some(("A", ""))),
            ("# A=b", None),
            ("A", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(key_and_value(line), expected, "{line}");
        }
    }
}
