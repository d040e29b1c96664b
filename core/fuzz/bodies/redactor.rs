//! A known secret is never shown, in any spelling that is promised, whatever stands around it (R12).
//!
//! The input is three lines: the secret, what stands before it, and what stands after it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use trusted_profile_core::Secret;
use trusted_profile_core::wire::{EXCERPT_LIMIT, Redactor};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(3, '\n');
    let (secret, before, after) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    // Shorter ones are not looked for, and one that the mask itself could show is no leak.
    if secret.len() < 4 || secret.contains(['[', ']']) || "redacted".contains(secret) {
        return;
    }
    let redactor = Redactor::new([&Secret::new(secret)]);
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for spelling in [secret.to_owned(), percent, form, STANDARD.encode(secret)] {
        let shown = redactor.excerpt(&format!("{before}{spelling}{after}"));
        assert!(!shown.contains(&spelling), "{spelling:?} in {shown:?}");
        assert!(!shown.contains(secret), "{secret:?} in {shown:?}");
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert!(shown.len() <= EXCERPT_LIMIT + '…'.len_utf8(), "{} bytes", shown.len());
        assert!(longest_jwt(&shown) < 12, "{shown:?}");
    }
}

/// The longest run of JWT characters that starts like one.
fn longest_jwt(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
    let runs = text.match_indices("eyJ").map(|(at, _)| text.split_at(at).1.chars().take_while(|c| is_part(*c)).count());
    runs.max().unwrap_or(0)
}
