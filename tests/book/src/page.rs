//! A page as it is written: its code blocks and what they include.

use crate::program::Program;
use crate::promise;
use std::fs;
use std::path::Path;

/// A file, or the part of it between two `ANCHOR` comments, that a page includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// As it is written, from the folder of the page.
    pub path: String,
    /// The name of the part. None: the whole file.
    pub anchor: Option<String>,
}

/// What a line includes, if that is all there is in it.
fn include(line: &str) -> Option<Include> {
    let target = line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?.trim();
    let (path, anchor) = target.split_once(':').map_or((target, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    Some(Include { path: path.to_owned(), anchor })
}

/// What is wrong with the text of a page in `folder`, below `root`: a line for each mistake, which begins with the line's number.
#[must_use]
pub fn mistakes(text: &str, folder: &Path, root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    // The language of the block that a line is in.
    let mut block: Option<String> = None;
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line)) {
        let mut report = |words: &str| found.push(format!("{number}: {words}"));
        let fence = ["```", "~~~"].iter().find_map(|fence| line.trim_start().strip_prefix(fence));
        match (fence, &block, include(line)) {
            (Some(language), None, _) => {
                let language = language.trim();
                if language.is_empty() {
                    report("a code block without a language");
                }
                block = Some(language.to_owned());
            }
            (Some(_), Some(_), _) => block = None,
            (None, Some(language), Some(include)) => {
                if let Err(words) = sample(language, &include, folder, root) {
                    report(&words);
                }
            }
            (None, Some(_), None) => report("typed into the page; include a program that a test runs"),
            (None, None, Some(include)) => {
                if let Err(words) = document(&include, folder, root) {
                    report(&words);
                }
            }
            (None, None, None) if line.contains("{{#") => report("an instruction to mdBook amid other text"),
            (None, None, None) if line.starts_with("    ") || line.starts_with('\t') => report("an indented code block"),
            (None, None, None) if line.contains("<pre") => report("a code block in HTML"),
            (None, None, None) => {}
        }
    }
    if block.is_some() {
        found.push("a code block without an end".to_owned());
    }
    found
}

/// Whether a code block may include this.
fn sample(language: &str, include: &Include, folder: &Path, root: &Path) -> Result<(), String> {
    let path = resolve(include, folder, root)?;
    let program = Program::of(&path).ok_or_else(|| format!("{path} is nowhere where examples are"))?;
    if program.language != language {
        return Err(format!("{path} is {}, the block says {language}", program.language));
    }
    program.is_run(root)?;
    let about = |words: String| format!("{path}: {words}");
    let whole = fs::read_to_string(root.join(&path)).map_err(|error| about(error.to_string()))?;
    let shown = include.anchor.as_ref().map_or_else(|| Ok(whole.clone()), |anchor| part(&whole, anchor)).map_err(about)?;
    promise::is_told(language, &shown).and_then(|()| promise::is_patient(&shown)).map_err(about)
}

/// Whether a page may be made of this: the documents of `docs`, which have tests of their own.
fn document(include: &Include, folder: &Path, root: &Path) -> Result<(), String> {
    let path = resolve(include, folder, root)?;
    let is_document = path.strip_prefix("docs/").is_some_and(|name| name.ends_with(".md") && !name.contains('/'));
    if is_document && include.anchor.is_none() { Ok(()) } else { Err(format!("{path} is no document of docs")) }
}

/// The path of what is included, from the root.
fn resolve(include: &Include, folder: &Path, root: &Path) -> Result<String, String> {
    let whole = |path: &Path| path.canonicalize().map_err(|error| format!("{}: {error}", include.path));
    let file = whole(&folder.join(&include.path))?;
    let inside = file.strip_prefix(whole(root)?).map_err(|_| format!("{} is not in the repository", include.path))?;
    Ok(inside.to_string_lossy().into_owned())
}

/// The one part of this name, with something in it. mdBook says nothing where there is none.
fn part(text: &str, anchor: &str) -> Result<String, String> {
    let places = |mark: &str| -> Vec<usize> {
        let mark = format!("{mark} {anchor}");
        text.lines()
            .enumerate()
            .filter(|(_, line)| line.trim_end().trim_end_matches("*/").trim_end().ends_with(&mark))
            .map(|(number, _)| number)
            .collect()
    };
    match (places("ANCHOR:").as_slice(), places("ANCHOR_END:").as_slice()) {
        ([begin], [end]) if begin < end && end - begin > 1 => {
            Ok(text.lines().take(*end).skip(begin + 1).map(|line| format!("{line}\n")).collect())
        }
        _ => Err(format!("no part {anchor}, or more than one, or nothing in it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_between_its_comments() {
        assert_eq!(part("// ANCHOR: a\nx\n// ANCHOR_END: a\ny", "a").as_deref(), Ok("x\n"));
        assert_eq!(part("/* ANCHOR: a */\nx\n/* ANCHOR_END: a */", "a").as_deref(), Ok("x\n"));
        assert!(part("// ANCHOR_END: a\nx\n// ANCHOR: a", "a").is_err());
    }
}
