//! R12: no secret in anything that a program may log.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Debug;

/// The secrets of one script, in every spelling they could be shown in.
#[derive(Debug, Default)]
pub struct Leaks {
    needles: Vec<String>,
}

impl Leaks {
    /// The needles of `secrets`.
    #[must_use]
    pub fn new(secrets: &[String]) -> Self {
        let mut needles = Vec::new();
        for secret in secrets {
            let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let base64 = STANDARD.encode(secret);
            needles.extend([secret.clone(), percent, form, base64.trim_end_matches('=').to_owned(), URL_SAFE_NO_PAD.encode(secret)]);
        }
        Self { needles }
    }

    /// Looks at a text.
    ///
    /// # Errors
    /// The secret that is in it.
    pub fn check_text(&self, what: &str, text: &str) -> Result<(), String> {
        match self.needles.iter().find(|needle| text.contains(needle.as_str())) {
            Some(needle) => Err(format!("{what} shows the secret {needle}: {text}")),
            None => Ok(()),
        }
    }

    /// Looks at both renderings of a value by `Debug`.
    ///
    /// # Errors
    /// The secret that is in one of them.
    pub fn check(&self, what: &str, value: &impl Debug) -> Result<(), String> {
        self.check_text(what, &format!("{value:?}"))?;
        self.check_text(what, &format!("{value:#?}"))
    }
}
