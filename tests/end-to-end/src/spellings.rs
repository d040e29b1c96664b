//! The search for secrets, in every spelling that a log could give them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// Shorter texts occur by chance, and are no secrets.
pub const SHORTEST: usize = 12;

/// How long the pieces are by which a secret that was cut short is found.
const PIECE: usize = 20;

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// How it was spelled.
    pub spelling: &'static str,
    /// Its first characters, which tell which one it was.
    pub begins: String,
    /// What stands before it in the output.
    pub context: String,
}

/// The secret, or the parts of a JWT that are worth something: the header is the same in every token.
fn parts(secret: &str) -> Vec<&str> {
    match secret.split('.').collect::<Vec<_>>().as_slice() {
        [header, payload, signature] if header.starts_with("eyJ") => vec![payload, signature],
        _ => vec![secret],
    }
}

/// As much of a text as has to be searched for: whoever shows all of it shows its beginning.
fn beginning(text: &str) -> &str {
    text.get(..60).unwrap_or(text)
}

/// Every spelling of one text.
#[must_use]
pub fn spell(text: &str) -> Vec<(&'static str, String)> {
    let bytes = text.as_bytes();
    let mut all = vec![("raw", text.to_owned())];
    for lead in 0..3 {
        all.push(("base64", aligned(bytes, lead, |bytes| STANDARD_NO_PAD.encode(bytes))));
        all.push(("base64url", aligned(bytes, lead, |bytes| URL_SAFE_NO_PAD.encode(bytes))));
    }
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    all.push(("percent", percent_lower(&percent)));
    all.push(("percent", percent));
    let every_byte = |hex: &dyn Fn(u8) -> String| bytes.iter().map(|byte| format!("%{}", hex(*byte))).collect::<String>();
    all.push(("percent", every_byte(&|byte| format!("{byte:02X}"))));
    all.push(("percent", every_byte(&|byte| format!("{byte:02x}"))));
    let hex = |separator: &str, upper: bool| {
        let bytes: Vec<String> = bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect();
        bytes.join(separator)
    };
    for separator in ["", " ", ":"] {
        all.push(("hex", hex(separator, false)));
        all.push(("hex", hex(separator, true)));
    }
    for separator in [", ", ",", " ", ",\n    "] {
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        all.push(("decimal", numbers.join(separator)));
    }
    let escaped = bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "\\x{byte:02x}");
        out
    });
    all.push(("escaped", escaped));
    all.sort();
    all.dedup();
    all
}

/// What is left of the base64 of `bytes` when `lead` other bytes stand before them and any after.
fn aligned(bytes: &[u8], lead: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let mut whole = vec![0; lead];
    whole.extend_from_slice(bytes);
    let sure = whole.len() * 8 / 6;
    encode(&whole).chars().take(sure).skip((lead * 8).div_ceil(6)).collect()
}

fn percent_lower(percent: &str) -> String {
    let mut out = String::new();
    let mut rest = percent.chars();
    while let Some(c) = rest.next() {
        out.push(c);
        if c == '%' {
            out.extend(rest.by_ref().take(2).map(|c| c.to_ascii_lowercase()));
        }
    }
    out
}

/// Every secret that shows in `output`, whole, in a part, or cut short.
#[must_use]
pub fn leaks(output: &str, secrets: &BTreeSet<String>) -> Vec<Leak> {
    let mut needles = Needles::default();
    for secret in secrets {
        for part in parts(secret) {
            for (spelling, text) in spell(beginning(part)) {
                needles.add(secret, spelling, text);
            }
        }
        // The last part of a JWT is its signature; other secrets have one part.
        let core = parts(secret).pop().unwrap_or_default();
        for piece in core.as_bytes().chunks_exact(PIECE).filter_map(|piece| std::str::from_utf8(piece).ok()) {
            needles.add(secret, "cut short", piece.to_owned());
        }
    }
    needles.find(output)
}

/// Thousands of texts, found in one pass by their beginnings.
#[derive(Default)]
struct Needles {
    by_head: HashMap<Vec<u8>, Vec<(Leak, String)>>,
    /// By the first two bytes: most places in an output begin nothing.
    begins: BTreeSet<[u8; 2]>,
}

impl Needles {
    fn add(&mut self, secret: &str, spelling: &'static str, text: String) {
        if let Some(head @ [a, b, ..]) = text.as_bytes().get(..SHORTEST) {
            let leak = Leak { spelling, begins: secret.chars().take(8).collect(), context: String::new() };
            self.begins.insert([*a, *b]);
            self.by_head.entry(head.to_vec()).or_default().push((leak, text));
        }
    }

    fn find(&self, output: &str) -> Vec<Leak> {
        let mut is_begin = vec![false; 1 << 16];
        for pair in &self.begins {
            is_begin[usize::from(u16::from_le_bytes(*pair))] = true;
        }
        let mut found = BTreeMap::new();
        for (at, window) in output.as_bytes().windows(SHORTEST).enumerate() {
            if !is_begin[usize::from(u16::from_le_bytes([window[0], window[1]]))] {
                continue;
            }
            for (leak, text) in self.by_head.get(window).into_iter().flatten() {
                if output.as_bytes()[at..].starts_with(text.as_bytes()) {
                    let before = &output.as_bytes()[at.saturating_sub(160)..at];
                    let context = || String::from_utf8_lossy(before).into_owned();
                    found.entry((leak.spelling, leak.begins.clone())).or_insert_with(|| Leak { context: context(), ..leak.clone() });
                }
            }
        }
        found.into_values().collect()
    }
}
