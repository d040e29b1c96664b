//! What may be shown of a text that came from outside.

use super::base64::encode;
use super::json::write_text;
use super::named_secret::mask_named;
use crate::secret::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// The most of a body that an error shows, in bytes.
pub const EXCERPT_LIMIT: usize = 2048;

pub(super) const MASK: &str = "[redacted]";

/// Removes known secrets, in the spellings they could be echoed in, what stands under the name of a
/// secret, and anything shaped like a JWT.
#[derive(Default)]
pub struct Redactor {
    needles: Vec<Secret>,
}

impl Redactor {
    /// A redactor that knows `secrets` as well as the names of secrets and the shape of a JWT.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.hide(secret.expose());
        }
        redactor
    }

    fn hide(&mut self, text: &str) {
        // A very short needle would blank out ordinary words and still not be secret.
        if text.len() < 4 {
            return;
        }
        // Each in one allocation: no half-grown copy of a secret stays behind.
        let with_room = || String::with_capacity(text.len() << 2);
        let (mut in_address, mut in_form) = (with_room(), with_room());
        in_address.extend(utf8_percent_encode(text, NON_ALPHANUMERIC));
        in_form.extend(form_urlencoded::byte_serialize(text.as_bytes()));
        for spelling in [without_controls(text), escaped(text), in_address, in_form, encode(text)] {
            // The longest come first: one may hold another.
            let place = self.needles.partition_point(|needle| needle.expose().len() >= spelling.len());
            self.needles.insert(place, Secret::new(spelling));
        }
    }

    /// `text` without secrets and control characters, cut to [`EXCERPT_LIMIT`] bytes.
    #[must_use]
    pub fn excerpt(&self, text: &str) -> String {
        // First of all: a control character that becomes a blank must not complete a secret.
        let mut shown = Zeroizing::new(without_controls(text));
        for needle in &self.needles {
            if shown.contains(needle.expose()) {
                shown = Zeroizing::new(shown.replace(needle.expose(), MASK));
            }
        }
        let mut shown = mask_jwts(&Zeroizing::new(mask_named(&shown)));
        if shown.len() > EXCERPT_LIMIT {
            let end = (0..=EXCERPT_LIMIT).rev().find(|&i| shown.is_char_boundary(i)).unwrap_or(0);
            shown.truncate(end);
            shown.push('…');
        }
        shown
    }
}

fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    out
}

/// As it stands within JSON.
fn escaped(text: &str) -> String {
    // A letter takes six at most, as in \u001f, and the quotes two.
    let mut quoted = String::with_capacity((text.len() << 3) | 2);
    write_text(&mut quoted, text);
    quoted.pop();
    quoted.drain(..1);
    quoted
}

/// Replaces every run of JWT characters that starts like a base64url JSON object (`eyJ`, `{"`),
/// even when it is cut short.
fn mask_jwts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, token) = rest.split_at(start);
        let end = token.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '='))).unwrap_or(token.len());
        let (token, after) = token.split_at(end);
        out.push_str(before);
        out.push_str(if token.len() < 12 { token } else { MASK });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_secrets_go_in_every_spelling() {
        let key = Secret::new("p@ss/w rd+1");
        let redactor = Redactor::new([&key]);
        for spelling in ["p@ss/w rd+1", "p%40ss%2Fw%20rd%2B1", "p%40ss%2Fw+rd%2B1", "cEBzcy93IHJkKzE="] {
            assert_eq!(redactor.excerpt(&format!("a {spelling} b")), "a [redacted] b");
        }
    }

    #[test]
    fn a_secret_within_json_goes() {
        let redactor = Redactor::new([&Secret::new("#cloud-config\npassword: \"hush\"")]);
        let body = r##"{"user_data":"#cloud-config\npassword: \"hush\""}"##;
        assert_eq!(redactor.excerpt(body), r#"{"user_data":"[redacted]"}"#);
    }

    #[test]
    fn jwts_go_even_when_cut_short() {
        let redactor = Redactor::default();
        assert_eq!(redactor.excerpt("x eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln, y eyJhbGciOiJSUzI1"), "x [redacted], y [redacted]");
        assert_eq!(redactor.excerpt("say eyJ"), "say eyJ");
        assert_eq!(redactor.excerpt("eyJ4567890a eyJ4567890ab"), "eyJ4567890a [redacted]", "eleven and twelve");
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let shown = Redactor::default().excerpt(&"ü".repeat(3000));
        assert_eq!(shown.len(), EXCERPT_LIMIT + '…'.len_utf8());
        assert!(shown.ends_with('…'));
        let just = "a".repeat(EXCERPT_LIMIT);
        assert_eq!(Redactor::default().excerpt(&just), just);
    }

    #[test]
    fn control_characters_cannot_forge_log_lines() {
        assert_eq!(Redactor::default().excerpt("a\r\nb\u{1b}[0m"), "a  b [0m");
    }

    #[test]
    fn control_characters_cannot_hide_a_secret() {
        let redactor = Redactor::new([&Secret::new("two words"), &Secret::new("two\nlines")]);
        assert_eq!(redactor.excerpt("a two\u{1}words b two\nlines c two lines"), "a [redacted] b [redacted] c [redacted]");
    }

    #[test]
    fn a_short_needle_does_not_blank_everything() {
        assert_eq!(Redactor::new([&Secret::new("a")]).excerpt("banana"), "banana");
    }
}
