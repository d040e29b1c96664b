//! Where a service is called: its public or a private address, or one that somebody named.

use super::{Auth, Service};
use crate::wire::{BaseUrl, Invalid, Scheme};

impl Service {
    /// The address for `endpoint`, which is `public` (also if it is not given), `private`, `private(<region>)` or an
    /// address; that of the VPC API ends with `/v1`. `region` is for services that have an address in each.
    ///
    /// Sources: VPC, "Service endpoints" (`<region>.private.iaas.cloud.ibm.com`); IAM, "Private endpoints"
    /// (`private.iam.cloud.ibm.com` from a VPC, `private.<region>.iam.cloud.ibm.com` from classic infrastructure).
    ///
    /// # Errors
    /// `Invalid` names `region` when one is needed and missing, or is not 1 to 32 lower case letters, digits and hyphens
    /// (R18); `endpoint` when the service has none of that kind, or it is an address that credentials should not go to (R20).
    pub fn address(&self, endpoint: Option<&str>, region: Option<&str>) -> Result<BaseUrl, Invalid> {
        let endpoint = endpoint.unwrap_or("public");
        if endpoint == "public" {
            return self.base(region);
        }
        let of_region = endpoint.strip_prefix("private(").and_then(|rest| rest.strip_suffix(')'));
        if endpoint == "private" || of_region.is_some() {
            return self.private(endpoint, of_region.or(region), of_region.is_some());
        }
        let base = BaseUrl::parse("endpoint", endpoint)?;
        if self.may_be_at(&base) { Ok(base) } else { Err(Invalid::new("endpoint", endpoint, "https, or http to loopback")) }
    }

    /// Whether its credentials may go to `base`. The link of an instance is not its own memory: only identity tokens cross it
    /// in plain text (R20).
    pub(super) fn may_be_at(&self, base: &BaseUrl) -> bool {
        base.scheme() == Scheme::Https || base.is_loopback() || self.auth == Auth::IdentityToken
    }

    fn private(&self, endpoint: &str, region: Option<&str>, is_regional: bool) -> Result<BaseUrl, Invalid> {
        if let Some(rest) = self.server.strip_prefix("https://{region}.") {
            return BaseUrl::parse("region", &["https://", checked(region)?, ".private.", rest].concat());
        }
        match self.server.strip_prefix("https://iam.") {
            Some(rest) if is_regional => BaseUrl::parse("region", &["https://private.", checked(region)?, ".iam.", rest].concat()),
            Some(rest) => BaseUrl::parse("endpoint", &["https://private.iam.", rest].concat()),
            None => Err(Invalid::new("endpoint", endpoint, "public or an address, since no private one is known of this service")),
        }
    }
}

/// A region that can stand in a host name.
pub(super) fn checked(region: Option<&str>) -> Result<&str, Invalid> {
    let region = region.unwrap_or_default();
    let fits = (1..=32).contains(&region.len()) && region.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if fits { Ok(region) } else { Err(Invalid::new("region", region, "1 to 32 lower case letters, digits and hyphens, such as us-south")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn service(server: &'static str, auth: Auth) -> Service {
        Service { name: "s", title: "S", server, auth, version: None, generation: None, sends_request_id: false, secrets: &[], rows: "" }
    }

    #[test]
    fn each_kind_of_service_has_its_addresses() {
        let vpc = service("https://{region}.iaas.cloud.ibm.com/v1", Auth::IamToken);
        let iam = service("https://iam.cloud.ibm.com", Auth::IamToken);
        let clusters = service("https://containers.cloud.ibm.com/global", Auth::IamToken);
        let of =
            |service: &Service, endpoint, region| service.address(endpoint, region).map(|base| base.to_string()).map_err(|e| e.argument);
        let is = |text: &str| Ok(text.to_owned());
        assert_eq!(of(&vpc, None, Some("eu-de")), is("https://eu-de.iaas.cloud.ibm.com/v1"));
        assert_eq!(of(&vpc, Some("private"), Some("eu-de")), is("https://eu-de.private.iaas.cloud.ibm.com/v1"));
        assert_eq!(of(&vpc, Some("private(eu-gb)"), None), is("https://eu-gb.private.iaas.cloud.ibm.com/v1"));
        assert_eq!(of(&iam, None, None), is("https://iam.cloud.ibm.com"));
        assert_eq!(of(&iam, Some("private"), Some("eu-de")), is("https://private.iam.cloud.ibm.com"));
        assert_eq!(of(&iam, Some("private(eu-de)"), None), is("https://private.eu-de.iam.cloud.ibm.com"));
        assert_eq!(of(&clusters, Some("public"), None), is("https://containers.cloud.ibm.com/global"));
        assert_eq!(of(&clusters, Some("private"), None), Err("endpoint"));
        for (endpoint, region) in [(None, None), (Some("private"), None), (None, Some("EU")), (Some("private(a.b)"), None)] {
            assert_eq!(of(&vpc, endpoint, region), Err("region"), "{endpoint:?} {region:?}");
        }
    }

    #[test]
    fn iam_tokens_go_nowhere_in_plain_text() {
        let (vpc, metadata) = (service("https://{region}.a.example", Auth::IamToken), service("http://a.example", Auth::IdentityToken));
        assert!(vpc.address(Some("http://127.0.0.1:1/v1"), None).is_ok());
        assert_eq!(vpc.address(Some("http://169.254.169.254"), None).unwrap_err().argument, "endpoint");
        assert!(metadata.address(Some("http://169.254.169.254"), None).is_ok());
        assert_eq!(vpc.address(Some("ftp://a.example"), None).unwrap_err().argument, "endpoint");
    }
}
