//! Where a program's own requests may take a token (R19).

use super::{BaseUrl, Invalid, Scheme};
use std::fmt;

/// The origins that may see a token: exact in scheme, host and port. Whatever adds a token to a program's
/// requests asks here first, again for every redirect.
///
/// https, or http to this machine. No patterns, since every subdomain would have to be as trustworthy, and
/// never a link-local address, since a metadata service wants another token.
#[derive(Clone, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<BaseUrl>);

impl AllowedOrigins {
    /// Reads origins such as `https://us-south.iaas.cloud.ibm.com`. An empty list allows none.
    ///
    /// # Errors
    /// `Invalid` shows the first that is not an origin, or not one that may see a token.
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        origins.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a request to `url` may carry the token. An address that parsers could read differently may not.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        let Some(origin) = origin_of(url).and_then(|origin| BaseUrl::parse("url", origin).ok()) else { return false };
        self.0.iter().any(|allowed| is_same(allowed, &origin))
    }
}

impl fmt::Debug for AllowedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(ToString::to_string)).finish()
    }
}

fn read(text: &str) -> Result<BaseUrl, Invalid> {
    let url = BaseUrl::parse("allowed_origins", text)?;
    if !url.path().is_empty() {
        return Err(Invalid::new("allowed_origins", text, "an origin: scheme, host and port, without a path"));
    }
    if url.is_link_local() || (url.scheme() == Scheme::Http && !url.is_loopback()) {
        return Err(Invalid::new("allowed_origins", text, "an origin with https, or with http on this machine"));
    }
    Ok(url)
}

/// Scheme and authority of an address.
fn origin_of(url: &str) -> Option<&str> {
    let authority = url.find("://")?.checked_add(3)?;
    let rest = url.get(authority..)?;
    // A backslash ends the authority for browsers and not for others: refused with the rest of it.
    let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    url.get(..authority.checked_add(length)?)
}

fn is_same(a: &BaseUrl, b: &BaseUrl) -> bool {
    (a.scheme(), a.host(), a.port()) == (b.scheme(), b.host(), b.port())
}
