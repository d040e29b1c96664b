//! Where the services are.

use crate::operation::Network;
use crate::wire::{BaseUrl, Invalid, Scheme};
use std::fmt;

/// How the metadata service is spoken to (R22).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// https first, http only when no TCP connection could be made. What worked is kept.
    #[default]
    Auto,
    /// `http://169.254.169.254`.
    Http,
    /// `https://api.metadata.cloud.ibm.com`, "secure access".
    Https,
}

impl Protocol {
    /// The scheme that is fixed, if one is.
    pub(super) const fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Auto => None,
            Self::Http => Some(Scheme::Http),
            Self::Https => Some(Scheme::Https),
        }
    }

    /// Reads `auto`, `http` or `https`.
    ///
    /// # Errors
    /// `Invalid` names `protocol`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "auto" => Ok(Self::Auto),
            "http" => Ok(Self::Http),
            "https" => Ok(Self::Https),
            _ => Err(Invalid::new("protocol", text, "auto, http or https")),
        }
    }

    /// `auto`, `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The metadata service's own address: http goes to the address, https to the name, since the
/// certificate is for the name (VPC Metadata API, "Endpoint URLs").
pub(super) fn metadata_base(scheme: Scheme) -> Result<BaseUrl, Invalid> {
    let address = match scheme {
        Scheme::Http => "http://169.254.169.254",
        Scheme::Https => "https://api.metadata.cloud.ibm.com",
    };
    BaseUrl::parse("endpoint", address)
}

/// Where IAM is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IamEndpoint {
    /// `https://iam.cloud.ibm.com`.
    #[default]
    Public,
    /// `https://private.iam.cloud.ibm.com`, from inside a VPC through an endpoint gateway.
    Private,
    /// `https://private.<region>.iam.cloud.ibm.com`, from classic infrastructure.
    PrivateRegional(String),
    /// Any other address.
    Url(BaseUrl),
}

impl IamEndpoint {
    /// Reads `public`, `private`, `private(<region>)` or an address; one that ends with
    /// `/identity/token` is cut there.
    ///
    /// # Errors
    /// `Invalid` names `endpoint` or `region`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if let Some(region) = text.strip_prefix("private(").and_then(|rest| rest.strip_suffix(')')) {
            let endpoint = Self::PrivateRegional(region.to_owned());
            return endpoint.base().map(|_| endpoint);
        }
        match text {
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            _ => {
                let endpoint = Self::Url(BaseUrl::parse("endpoint", text)?.without_suffix("/identity/token"));
                endpoint.base().map(|_| endpoint)
            }
        }
    }

    /// The address.
    ///
    /// # Errors
    /// `Invalid` names `region` when it is not 1 to 32 lower case letters, digits and hyphens, and
    /// `endpoint` when it is neither https nor loopback.
    pub fn base(&self) -> Result<BaseUrl, Invalid> {
        match self {
            Self::Public => BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com"),
            Self::Private => BaseUrl::parse("endpoint", "https://private.iam.cloud.ibm.com"),
            Self::PrivateRegional(region) => {
                let fits =
                    (1..=32).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if !fits {
                    return Err(Invalid::new("region", region, "1 to 32 lower case letters, digits and hyphens, such as us-south"));
                }
                BaseUrl::parse("region", &format!("https://private.{region}.iam.cloud.ibm.com"))
            }
            // Keys and tokens in plain text stay on this machine; the link is not it (R20).
            Self::Url(url) if url.scheme() == Scheme::Http && !url.is_loopback() => {
                Err(Invalid::new("endpoint", url.to_string(), "https, or http to loopback"))
            }
            Self::Url(url) => Ok(url.clone()),
        }
    }

    /// What lies between.
    pub(super) fn network(&self) -> Network {
        match self {
            Self::Public => Network::Public,
            Self::Private | Self::PrivateRegional(_) => Network::Private,
            Self::Url(url) if url.is_loopback() || url.is_link_local() => Network::LinkLocal,
            Self::Url(url) if url.host().split('.').any(|label| label == "private") => Network::Private,
            Self::Url(_) => Network::Public,
        }
    }
}

impl fmt::Display for IamEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Private => f.write_str("private"),
            Self::PrivateRegional(region) => write!(f, "private({region})"),
            Self::Url(url) => write!(f, "{url}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_and_their_networks() {
        let of = |text: &str| IamEndpoint::parse(text).map(|e| (e.base().unwrap().to_string(), e.network(), e.to_string()));
        let expect = |url: &str, network, shown: &str| Ok((url.to_owned(), network, shown.to_owned()));
        assert_eq!(of("public"), expect("https://iam.cloud.ibm.com", Network::Public, "public"));
        assert_eq!(of("private"), expect("https://private.iam.cloud.ibm.com", Network::Private, "private"));
        assert_eq!(of("private(us-south)"), expect("https://private.us-south.iam.cloud.ibm.com", Network::Private, "private(us-south)"));
        assert_eq!(
            of("https://private.eu-de.iam.cloud.ibm.com/"),
            expect("https://private.eu-de.iam.cloud.ibm.com", Network::Private, "https://private.eu-de.iam.cloud.ibm.com")
        );
        assert_eq!(
            of("https://iam.test.cloud.ibm.com/identity/token"),
            expect("https://iam.test.cloud.ibm.com", Network::Public, "https://iam.test.cloud.ibm.com")
        );
        assert_eq!(of("http://127.0.0.1:8080"), expect("http://127.0.0.1:8080", Network::LinkLocal, "http://127.0.0.1:8080"));
        for bad in ["private(US)", "private()", "private(a.b)", "private(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)"] {
            assert_eq!(of(bad).unwrap_err().argument, "region", "{bad}");
        }
        assert_eq!(of("Public").unwrap_err().argument, "endpoint");
    }

    #[test]
    fn the_metadata_service_has_one_address_per_protocol() {
        assert_eq!(metadata_base(Scheme::Http).unwrap().to_string(), "http://169.254.169.254");
        assert_eq!(metadata_base(Scheme::Https).unwrap().to_string(), "https://api.metadata.cloud.ibm.com");
        for name in ["auto", "http", "https"] {
            assert_eq!(Protocol::parse(name).unwrap().as_str(), name);
        }
        assert!(Protocol::parse("HTTP").is_err());
        assert_eq!(
            (Protocol::Auto.scheme(), Protocol::Http.scheme(), Protocol::Https.scheme()),
            (None, Some(Scheme::Http), Some(Scheme::Https))
        );
    }
}
