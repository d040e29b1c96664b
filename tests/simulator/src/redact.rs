//! Shortening secrets in what people and log files get to see.

/// Shortens every secret it knows, and whatever has the shape of a JWT.
pub(crate) struct Redactor {
    /// Longest first, so that a secret inside another does not spoil it.
    secrets: Vec<String>,
}

const KEPT: usize = 8;

impl Redactor {
    pub(crate) fn new(mut secrets: Vec<String>) -> Self {
        secrets.retain(|secret| secret.len() > KEPT);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    pub(crate) fn shorten(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), &short(secret));
            }
        }
        shorten_jwts(&shorten_fields(&text))
    }

    /// Credentials in headers are shortened even if they come from elsewhere.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        if !matches!(name, "authorization" | "cookie" | "proxy-authorization") {
            return self.shorten(value);
        }
        match value.split_once(' ') {
            Some((scheme, credential)) => format!("{scheme} {}", short(credential)),
            None => short(value),
        }
    }
}

/// The first characters and an ellipsis.
pub(crate) fn short(secret: &str) -> String {
    let head: String = secret.chars().take(KEPT).collect();
    if head.len() == secret.len() {
        return head;
    }
    format!("{head}…")
}

/// Credentials in forms, whoever made them.
fn shorten_fields(text: &str) -> String {
    if text.starts_with('{') || !text.contains('=') {
        return text.to_owned();
    }
    let fields: Vec<String> = text
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if is_credential(name) => format!("{name}={}", short(value)),
            _ => pair.to_owned(),
        })
        .collect();
    fields.join("&")
}

fn is_credential(name: &str) -> bool {
    matches!(name, "apikey" | "access_token" | "refresh_token" | "cr_token" | "password" | "passcode" | "cookie" | "token")
}

/// JWTs begin with `eyJ`, the encoding of `{"`.
fn shorten_jwts(text: &str) -> String {
    let is_token_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|c| !is_token_char(c)).unwrap_or(from.len());
        let (token, after) = from.split_at(end);
        out.push_str(&short(token));
        rest = after;
    }
    out.push_str(rest);
    out
}
