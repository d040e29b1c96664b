//! Every page of `docs/book`: nothing of a program is typed into it, and what it includes is run by a test.

use book::page::mistakes;
use book::program::Program;
use book::{files, root};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;

fn source() -> PathBuf {
    root().join("docs/book/src")
}

/// The names of all pages and their text.
fn pages() -> io::Result<Vec<(String, String)>> {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    files(&source(), "md")?.iter().map(|path| Ok((name(path), fs::read_to_string(path)?))).collect()
}

#[test]
fn samples_are_programs_that_are_run() -> io::Result<()> {
    let mut found = Vec::new();
    for (name, text) in pages()? {
        found.extend(mistakes(&text, &source(), &root()).iter().map(|words| format!("{name}:{words}")));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn every_page_is_in_the_summary_once() -> io::Result<()> {
    let pages = pages()?;
    let summary = pages.iter().find(|(name, _)| name == "SUMMARY.md").map_or("", |(_, text)| text);
    let listed: Vec<&str> = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let expected: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "SUMMARY.md").collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(listed.len(), expected.len());
    Ok(())
}

#[test]
fn mistakes_are_noticed() {
    let at = "../../../client/examples";
    for (text, words) in [
        ("```rust\nfn main() {}\n```", "typed into the page"),
        ("```text\n{{#include ../../../README.md}}\n```", "nowhere where examples are"),
        (&format!("```python\n{{{{#include {at}/instance.rs}}}}\n```"), "the block says python"),
        (&format!("```rust\n{{{{#include {at}/nothing.rs}}}}\n```"), "nothing.rs"),
        (&format!("```rust\n{{{{#include {at}/instance.rs:nothing}}}}\n```"), "no part nothing"),
        ("```\n```", "without a language"),
        ("```rust", "without an end"),
        ("    let x = 1;", "indented"),
        ("<pre>x</pre>", "in HTML"),
        ("{{#include ../../../README.md}}", "no document of docs"),
        ("see {{#include ../../errors.md}}", "amid other text"),
    ] {
        let found = mistakes(text, &source(), &root());
        assert!(found.len() == 1 && found.iter().all(|mistake| mistake.contains(words)), "{text}: {found:?}");
    }
    let sound = format!("Text.\n\n{{{{#include ../../errors.md}}}}\n\n```rust\n{{{{#include {at}/instance.rs}}}}\n```");
    assert_eq!(mistakes(&sound, &source(), &root()), Vec::<String>::new());
}

#[test]
fn a_program_that_no_test_names_is_noticed() {
    for path in [
        "client/examples/nobody.rs",
        "client/examples/shell/nobody.sh",
        "client/deploy/nobody.yaml",
        "bindings-python/examples/nobody.py",
        "bindings-js/examples/nobody.ts",
        "bindings-ffi/c/examples/tok.c",
        "bindings-ffi/go/examples/vpc/main.go",
        "bindings-ffi/uniffi/kotlin/examples/Nobody.kt",
        "bindings-ffi/uniffi/kotlin/examples/java/Nobody.java",
    ] {
        let refusal = Program::of(path).map(|program| program.is_run(&root()));
        assert!(matches!(&refusal, Some(Err(words)) if words.contains("is not run by")), "{path}: {refusal:?}");
    }
    assert_eq!(Program::of("README.md"), None);
}
