//! Where a service is.

use super::Invalid;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The scheme of a [`BaseUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain text: loopback and link-local addresses only.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The fixed part of a service's address: scheme, host, port and path prefix.
///
/// Deliberately narrower than a URL, so that every parser on the way reads it alike: no user info,
/// query, fragment, backslash, control or non-ASCII character, dot segment or unusual spelling of
/// an IP address. `http` goes to loopback and to 169.254.0.0/16 only.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
    path: String,
}

impl BaseUrl {
    /// Reads `text`; `argument` is the name an error gives it.
    ///
    /// # Errors
    /// `Invalid` says what is not accepted. The text is shown unless it holds an `@`, since what
    /// stands before that may be a password.
    pub fn parse(argument: &'static str, text: &str) -> Result<Self, Invalid> {
        let refuse = |expected| {
            let shown = if text.contains('@') { "(an address with user information)" } else { text };
            Invalid::new(argument, shown, expected)
        };
        if !text.bytes().all(|b| {
            b.is_ascii_graphic() && !matches!(b, b'\\' | b'@' | b'?' | b'#' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')
        }) {
            return Err(refuse("an address of plain ASCII without user information, query or fragment"));
        }
        let (scheme, rest) = split_scheme(text).ok_or_else(|| refuse("an address that starts with https:// or http://"))?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority).ok_or_else(|| refuse("a port between 1 and 65535"))?;
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(refuse("a host name or IP address in its usual spelling"));
        }
        let path = path.trim_end_matches('/');
        if !is_path(path) {
            return Err(refuse("a path without empty, . or .. segments and with whole percent escapes"));
        }
        let url = Self { scheme, host, port: port.filter(|&p| p != scheme.default_port()), path: path.to_owned() };
        if scheme == Scheme::Http && !url.is_loopback() && !url.is_link_local() {
            return Err(refuse("https, or http to loopback or 169.254.0.0/16"));
        }
        Ok(url)
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, lower case; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port that is connected to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// Host and, unless it is the scheme's own, port.
    #[must_use]
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// The path prefix, without a slash at its end; often empty.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host == "[::1]" || self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether the host is in 169.254.0.0/16.
    #[must_use]
    pub fn is_link_local(&self) -> bool {
        self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_link_local())
    }

    /// Drops `suffix` from the end of the path, if it is there.
    #[must_use]
    pub fn without_suffix(mut self, suffix: &str) -> Self {
        if let Some(path) = self.path.strip_suffix(suffix) {
            self.path.truncate(path.len());
        }
        self
    }

    /// The address of `path` (which starts with a slash and is already encoded) below this base.
    pub(crate) fn join(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{self}{path}{mark}{query}")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.authority(), self.path)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

fn split_scheme(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some((Scheme::Https, rest)),
        "http" => Some((Scheme::Http, rest)),
        _ => None,
    }
}

/// Host and port of an authority. `None` when the port is not one.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let last = |wanted: u8| authority.bytes().rposition(|b| b == wanted);
    let Some(colon) = last(b':').filter(|&i| i >= last(b']').unwrap_or(0)) else {
        return Some((authority, None));
    };
    let (host, port) = authority.split_at(colon);
    let digits = port.strip_prefix(':')?;
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let port: u16 = digits.parse().ok()?;
    (port != 0).then_some((host, Some(port)))
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        // Only the canonical spelling: others parse differently here and there.
        return inner.parse::<Ipv6Addr>().is_ok_and(|ip| ip.to_string() == inner && ip.to_ipv4_mapped().is_none());
    }
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    // Punycode labels would need IDNA to be checked; no IBM Cloud host has one.
    if host.len() > 253 || !host.split('.').all(|l| label(l) && !l.starts_with("xn--")) {
        return false;
    }
    // A last label that starts like a number makes URL parsers read an IPv4 address.
    let last = host.bytes().rposition(|b| b == b'.').map_or(host, |dot| host.split_at(dot + 1).1);
    let last_is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    !last_is_number || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.to_string() == host)
}

fn is_path(path: &str) -> bool {
    path.split('/').skip(1).all(|segment| {
        let lower = segment.to_ascii_lowercase().replace("%2e", ".");
        !matches!(lower.as_str(), "" | "." | "..") && has_whole_escapes(segment)
    })
}

fn has_whole_escapes(segment: &str) -> bool {
    segment.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        let mut hex = || digits.next().is_some_and(|b| b.is_ascii_hexdigit());
        hex() && hex()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, &'static str> {
        BaseUrl::parse("endpoint", text).map(|u| u.to_string()).map_err(|e| e.expected)
    }

    #[test]
    fn usual_addresses_are_normalised() {
        assert_eq!(parse("HTTPS://IAM.cloud.ibm.com:443/").as_deref(), Ok("https://iam.cloud.ibm.com"));
        assert_eq!(parse("http://127.0.0.1:8080//").as_deref(), Ok("http://127.0.0.1:8080"));
        assert_eq!(parse("http://169.254.169.254:80").as_deref(), Ok("http://169.254.169.254"));
        assert_eq!(parse("https://[::1]:8443/a/%41").as_deref(), Ok("https://[::1]:8443/a/%41"));
        assert_eq!(parse("http://localhost").as_deref(), Ok("http://localhost"));
    }

    #[test]
    fn the_longest_host_and_port() {
        let host = |length: usize| format!("https://{}{}", "a.".repeat(length / 2), "a".repeat(length % 2));
        assert!(parse(&host(253)).is_ok() && parse(&host(255)).is_err());
        assert!(parse(&format!("https://{}bc", "a.".repeat(126))).is_err(), "254 letters");
        assert_eq!(parse("https://a:65535").as_deref(), Ok("https://a:65535"));
        assert!(parse("https://a:65536").is_err() && parse("https://a:000443").is_err());
    }

    #[test]
    fn debug_shows_the_address() {
        assert_eq!(format!("{:?}", BaseUrl::parse("endpoint", "https://a:8443/b").unwrap()), "BaseUrl(https://a:8443/b)");
    }

    #[test]
    fn anything_ambiguous_is_refused() {
        for bad in [
            "",
            "iam.cloud.ibm.com",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a b",
            "https://a\\b",
            "https://u:p@a",
            "https://a?x",
            "https://a#x",
            "https://ä",
            "https://a:0",
            "https://a:",
            "https://a:65536",
            "https://a:+1",
            "https://127.1",
            "https://0x7f.1",
            "https://2130706433",
            "https://1.2.3.04",
            "https://a..b",
            "https://.a",
            "https://a.",
            "https://-a",
            "https://a/../b",
            "https://a/%2E%2e/b",
            "https://a//b",
            "https://a/%4",
            "https://a/%zz",
            "https://[::1",
            "https://[::FFFF:1.2.3.4]",
            "https://[0:0:0:0:0:0:0:1]",
            "https://xn--a",
            "https://a|b",
            "https://a\tb",
            "https://a/{b}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine_or_link() {
        for bad in [
            "http://iam.cloud.ibm.com",
            "http://api.metadata.cloud.ibm.com",
            "http://10.0.0.1",
            "http://127.0.0.1.nip.io",
            "http://169.255.0.1",
        ] {
            assert_eq!(parse(bad), Err("https, or http to loopback or 169.254.0.0/16"), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let error = BaseUrl::parse("endpoint", "https://me:hunter2@iam.cloud.ibm.com").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn parts_and_suffix() {
        let url = BaseUrl::parse("e", "https://a.b:8443/x/identity/token").unwrap().without_suffix("/identity/token");
        assert_eq!((url.scheme(), url.host(), url.port(), url.path()), (Scheme::Https, "a.b", 8443, "/x"));
        assert_eq!(url.join("/y", "v=1"), "https://a.b:8443/x/y?v=1");
        assert_eq!(url.join("/y", ""), "https://a.b:8443/x/y");
        assert!(!url.is_loopback() && !url.is_link_local());
        let local = BaseUrl::parse("e", "http://127.0.0.9").unwrap();
        assert!(local.is_loopback() && local.port() == 80);
        assert!(BaseUrl::parse("e", "https://[::1]").unwrap().is_loopback());
    }
}
