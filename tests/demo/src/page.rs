//! What the reader sees.

use serde_json::Value;
use std::io::{self, Write};

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// Headers that say something; the others are the same in every request.
const INTERESTING: [&str; 4] = ["metadata-flavor", "authorization", "content-type", "user-agent"];

/// The longest body that is shown whole, in characters.
const BODY: usize = 640;

/// The page, and how far the journal is printed.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    is_coloured: bool,
    chapter: u32,
    printed: u64,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, is_coloured: bool) -> Self {
        Self { out, is_coloured, chapter: 0, printed: 0 }
    }

    fn line(&mut self, colour: &str, text: &str) -> io::Result<()> {
        if self.is_coloured { writeln!(self.out, "{colour}{text}{PLAIN}") } else { writeln!(self.out, "{text}") }
    }

    pub(crate) fn title(&mut self, text: &str) -> io::Result<()> {
        self.chapter += 1;
        let title = format!("\n== {}. {text}", self.chapter);
        self.line(BOLD, &title)
    }

    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    pub(crate) fn step(&mut self, text: &str) -> io::Result<()> {
        self.line(BOLD, &format!("\n-- {text}"))
    }

    pub(crate) fn learned(&mut self, text: &str) -> io::Result<()> {
        self.line(GREEN, &format!("   = {text}"))
    }

    /// A call of the account's side.
    pub(crate) fn control_call(&mut self, method: &str, path: &str, body: &Value, status: u16, answer: &Value) -> io::Result<()> {
        self.line("", &format!("   > {method} {path} {}", shown(body)))?;
        self.line(DIM, &format!("   < {status} {}", shown(answer)))
    }

    /// Everything the services received since the last time, as the journal tells it.
    pub(crate) fn exchanges(&mut self, journal: &Value) -> io::Result<()> {
        let entries = journal.as_array().map(Vec::as_slice).unwrap_or_default();
        for entry in entries {
            let sequence = entry.get("sequence").and_then(Value::as_u64).unwrap_or_default();
            if sequence > self.printed {
                self.exchange(entry)?;
                self.printed = sequence;
            }
        }
        Ok(())
    }

    fn exchange(&mut self, entry: &Value) -> io::Result<()> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let query = entry.get("query").and_then(Value::as_str).map(|query| format!("?{query}")).unwrap_or_default();
        self.line("", &format!("   > {} {}{query}   ({} service)", text("method"), text("path"), text("service")))?;
        for header in entry.get("headers").and_then(Value::as_array).into_iter().flatten() {
            if let [Value::String(name), Value::String(value)] = header.as_array().map(Vec::as_slice).unwrap_or_default()
                && INTERESTING.contains(&name.as_str())
            {
                self.line(DIM, &format!("       {name}: {value}"))?;
            }
        }
        if !text("body").is_empty() {
            self.line(DIM, &format!("       {}", cut(text("body"))))?;
        }
        if let Some(fault) = entry.get("fault").and_then(Value::as_str) {
            self.line(YELLOW, &format!("       fault injected: {fault}"))?;
        }
        let status = entry.get("status").and_then(Value::as_u64).map_or_else(|| "(no answer)".to_owned(), |status| status.to_string());
        self.line("", &format!("   < {status} {}", cut(text("response_body"))))
    }
}

fn shown(value: &Value) -> String {
    if value.is_null() { String::new() } else { cut(&shortened(value).to_string()) }
}

/// Tokens by their beginning only.
fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("eyJ") => Value::String(format!("{}…", text.chars().take(8).collect::<String>())),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shortened(value))).collect(),
        other => other.clone(),
    }
}

fn cut(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= BODY { one_line } else { format!("{}…", one_line.chars().take(BODY).collect::<String>()) }
}
