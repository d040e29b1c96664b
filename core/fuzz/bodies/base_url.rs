//! Whatever `BaseUrl` accepts, a WHATWG parser reads alike (R18): same scheme, host, port and path.

use trusted_profile_core::operation::Operation;
use trusted_profile_core::services::{CreateIdentityToken, DEFAULT_VERSION};
use trusted_profile_core::wire::BaseUrl;
use url::{Host, Url};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(base) = BaseUrl::parse("endpoint", text) else { return };
    let url = Url::parse(text).unwrap_or_else(|error| panic!("{text:?} is no URL: {error}"));
    assert_eq!(url.scheme(), base.scheme().as_str(), "{text:?}");
    assert_eq!(url.host_str(), Some(base.host()), "{text:?}");
    assert_eq!(url.port_or_known_default(), Some(base.port()), "{text:?}");
    assert_eq!(url.path().trim_end_matches('/'), base.path(), "{text:?}");
    assert!(url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none(), "{text:?}");
    if url.scheme() == "http" {
        assert!(stays_here(&url), "{text:?} is plain http to elsewhere");
    }
    let shown = base.to_string();
    assert_eq!(BaseUrl::parse("endpoint", &shown).as_ref(), Ok(&base), "{text:?}");

    let request = CreateIdentityToken::default().request(&base, DEFAULT_VERSION).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let sent = request.uri().to_string();
    assert_eq!(Url::parse(&sent).map(String::from).as_deref(), Ok(sent.as_str()), "{text:?}");
    let parts = (request.uri().scheme_str(), request.uri().host(), request.uri().port_u16().unwrap_or(base.port()));
    assert_eq!(parts, (Some(base.scheme().as_str()), Some(base.host()), base.port()), "{text:?}");
    assert_eq!(request.uri().path(), format!("{}/identity/v1/token", base.path()), "{text:?}");
}

fn stays_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
