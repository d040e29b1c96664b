//! Where the identity comes from.

use super::endpoint::{IamEndpoint, Protocol};
use crate::error::Error;
use crate::operation::ApiDate;
use crate::secret::Secret;
use crate::services::{ClientCredentials, CreateIdentityToken, DEFAULT_VERSION, Profile, is_header_text};
use crate::wire::{BaseUrl, Invalid};
use std::fmt;
use std::time::Duration;

/// What vouches for this program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Source {
    /// A VPC instance: identity token, then IAM token, both from the metadata service.
    VpcInstance(Metadata),
    /// A bare metal server: the same operations, and no others.
    BareMetal(Metadata),
    /// A pod or Code Engine: a compute resource token from a file, exchanged with IAM.
    Container(Container),
    /// An API key, for programs that run elsewhere.
    ApiKey(ApiKey),
    /// Another trusted profile, assumed with the token of a source before it.
    Assume(Box<Assume>),
    /// The program's own callback.
    External,
    /// A token that is simply there.
    Bearer(Secret),
}

/// The metadata service of an instance or bare metal server.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The profile; none means the default trusted profile.
    pub profile: Option<Profile>,
    /// How the service is spoken to.
    pub protocol: Protocol,
    /// Another address of the service, for tests and for Power Virtual Server.
    pub endpoint: Option<BaseUrl>,
    /// The version date.
    pub version: ApiDate,
    /// The life of the identity token, 5 s to 3600 s.
    pub identity_token_expires_in: Duration,
}

/// A compute resource token, in a file as a rule.
#[derive(Clone, Debug)]
pub struct Container {
    /// The profile; one has to be named.
    pub profile: Profile,
    /// The token itself, where something else has read it already. It is not renewed: it serves for
    /// as long as it lives, an hour at most.
    pub cr_token: Option<Secret>,
    /// The file; none means the usual places, in order ([`DEFAULT_CR_TOKEN_FILES`]).
    pub cr_token_file: Option<String>,
    /// Where IAM is, and as which client it is called.
    pub iam: Iam,
}

/// An API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// The key.
    pub api_key: Secret,
    /// Where IAM is, and as which client it is called.
    pub iam: Iam,
}

/// A profile assumed with another token.
#[derive(Clone, Debug)]
pub struct Assume {
    /// The source of the other token.
    pub base: Source,
    /// The profile; a name needs its account.
    pub profile: Profile,
    /// Where IAM is.
    pub endpoint: IamEndpoint,
}

/// How IAM is called.
#[derive(Clone, Debug, Default)]
pub struct Iam {
    /// Where it is.
    pub endpoint: IamEndpoint,
    /// Space separated scopes; rarely needed.
    pub scope: Option<String>,
    /// A registered client; rarely needed.
    pub client: Option<ClientCredentials>,
}

/// Where IBM's clusters and Code Engine put the compute resource token, most preferred first.
///
/// Source: the search order of IBM's SDK cores.
pub const DEFAULT_CR_TOKEN_FILES: [&str; 3] = [
    "/var/run/secrets/tokens/vault-token",
    "/var/run/secrets/tokens/sa-token",
    "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token",
];

impl Default for Metadata {
    fn default() -> Self {
        Self {
            profile: None,
            protocol: Protocol::Auto,
            endpoint: None,
            version: DEFAULT_VERSION,
            identity_token_expires_in: Duration::from_secs(300),
        }
    }
}

impl Source {
    /// How IAM is called, by a source that begins with it.
    pub(super) const fn iam(&self) -> Option<&Iam> {
        match self {
            Self::Container(container) => Some(&container.iam),
            Self::ApiKey(api_key) => Some(&api_key.iam),
            Self::VpcInstance(_) | Self::BareMetal(_) | Self::Assume(_) | Self::External | Self::Bearer(_) => None,
        }
    }

    /// Checks everything that can be checked without asking anybody.
    ///
    /// # Errors
    /// `InvalidArgument` names the option.
    pub fn validate(&self) -> Result<(), Error> {
        self.check().map_err(Error::from)
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::VpcInstance(metadata) => metadata.check(),
            Self::BareMetal(metadata) if metadata.version < DEFAULT_VERSION => Err(Invalid::new(
                "version",
                metadata.version.to_string(),
                "2025-08-26 or later, which is when bare metal servers got identities",
            )),
            Self::BareMetal(metadata) => metadata.check(),
            Self::Container(container) => container.check(),
            Self::ApiKey(key) => check_api_key(&key.api_key).and_then(|()| key.iam.check()),
            Self::Assume(assume) => assume.check(),
            Self::External => Ok(()),
            Self::Bearer(token) => check_bearer(token),
        }
    }

    /// The source's name, as options spell it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::VpcInstance(_) => "vpc_instance",
            Self::BareMetal(_) => "bare_metal",
            Self::Container(_) => "container",
            Self::ApiKey(_) => "api_key",
            Self::Assume(_) => "assume",
            Self::External => "external",
            Self::Bearer(_) => "bearer",
        }
    }
}

impl Metadata {
    fn check(&self) -> Result<(), Invalid> {
        if let Some(profile) = &self.profile {
            profile.validate()?;
        }
        let life = CreateIdentityToken { expires_in: Some(self.identity_token_expires_in), nonce: None };
        life.validate().map_err(|e| Invalid { argument: "identity_token_expires_in", ..e })?;
        if let (Some(endpoint), Some(scheme)) = (&self.endpoint, self.protocol.scheme())
            && endpoint.scheme() != scheme
        {
            return Err(Invalid::new("protocol", scheme.as_str(), "auto, or the protocol of endpoint"));
        }
        Ok(())
    }
}

impl Container {
    fn check(&self) -> Result<(), Invalid> {
        self.profile.validate()?;
        self.iam.check()?;
        if let Some(token) = self.cr_token.as_ref().filter(|token| !is_header_text(token.expose())) {
            return Err(Invalid::new("cr_token", hidden(token), "the text of one token, without blanks"));
        }
        match &self.cr_token_file {
            Some(path) if self.cr_token.is_some() => Err(Invalid::new("cr_token_file", path, "either cr_token or cr_token_file")),
            Some(path) if path.is_empty() || path.contains('\0') => {
                Err(Invalid::new("cr_token_file", path.replace('\0', "\\0"), "the path of a file"))
            }
            _ => Ok(()),
        }
    }
}

impl Iam {
    fn check(&self) -> Result<(), Invalid> {
        self.endpoint.base().map(drop)?;
        self.client.as_ref().map_or(Ok(()), ClientCredentials::validate)
    }
}

impl Assume {
    fn check(&self) -> Result<(), Invalid> {
        if matches!(self.base, Source::Assume(_)) {
            return Err(Invalid::new("base", "assume", "a source that is not itself an assumed profile"));
        }
        self.profile.validate()?;
        if matches!(&self.profile, Profile::Name { account_id: None, .. }) {
            return Err(Invalid::new("account_id", "", "the account of the profile, along with profile_name"));
        }
        self.endpoint.base().map(drop)?;
        self.base.check()
    }
}

fn check_api_key(key: &Secret) -> Result<(), Invalid> {
    let text = key.expose();
    let wrapped = |c: char| matches!(c, '{' | '}' | '"' | '\'');
    if text.is_empty() || text.starts_with(wrapped) || text.ends_with(wrapped) || text.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(Invalid::new("api_key", hidden(key), "the bare key, without quotes, braces or blanks"));
    }
    Ok(())
}

fn check_bearer(token: &Secret) -> Result<(), Invalid> {
    if is_header_text(without_scheme(token.expose())) {
        return Ok(());
    }
    Err(Invalid::new("token", hidden(token), "a token that can stand in a header"))
}

/// What errors show of a secret: whether there is one.
fn hidden(secret: &Secret) -> &'static str {
    if secret.expose().is_empty() { "" } else { "(hidden)" }
}

/// The token without a `Bearer ` that was pasted along.
pub(super) fn without_scheme(token: &str) -> &str {
    let token = token.trim();
    match token.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim(),
        _ if token.eq_ignore_ascii_case("bearer") => "",
        _ => token,
    }
}

impl fmt::Display for Source {
    /// One line for logs and `describe()`, without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::VpcInstance(m) | Self::BareMetal(m) => {
                write!(f, "{name}: {}, version {}, ", show_profile(m.profile.as_ref()), m.version)?;
                match &m.endpoint {
                    Some(endpoint) => write!(f, "endpoint {endpoint}"),
                    None => write!(f, "protocol {}", m.protocol.as_str()),
                }
            }
            Self::Container(c) => {
                let file = c.cr_token_file.as_deref().unwrap_or("in a default place");
                let token = if c.cr_token.is_some() { "token given".to_owned() } else { format!("token file {file}") };
                write!(f, "{name}: {}, {token}, endpoint {}", show_profile(Some(&c.profile)), c.iam.endpoint)
            }
            Self::ApiKey(k) => write!(f, "{name}: endpoint {}", k.iam.endpoint),
            Self::Assume(a) => {
                write!(f, "{name}: {}, endpoint {}, with the token of {}", show_profile(Some(&a.profile)), a.endpoint, a.base)
            }
            Self::External | Self::Bearer(_) => f.write_str(name),
        }
    }
}

fn show_profile(profile: Option<&Profile>) -> String {
    match profile {
        None => "default trusted profile".to_owned(),
        Some(Profile::Id(id)) => format!("profile_id {id}"),
        Some(Profile::Crn(crn)) => format!("profile_crn {crn}"),
        Some(Profile::Name { name, account_id: None }) => format!("profile_name {name}"),
        Some(Profile::Name { name, account_id: Some(account) }) => format!("profile_name {name} of account {account}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &Source) -> String {
        source.validate().unwrap_err().message().split(':').next().unwrap().to_owned()
    }

    fn container(profile: Profile, file: Option<&str>) -> Source {
        Source::Container(Container { profile, cr_token: None, cr_token_file: file.map(str::to_owned), iam: Iam::default() })
    }

    fn id() -> Profile {
        Profile::Id("Profile-1".into())
    }

    #[test]
    fn options_are_checked_before_anything_is_sent() {
        let metadata = |change: fn(&mut Metadata)| {
            let mut m = Metadata::default();
            change(&mut m);
            m
        };
        assert_eq!(refused(&Source::VpcInstance(metadata(|m| m.profile = Some(Profile::Id(String::new()))))), "profile_id");
        assert_eq!(
            refused(&Source::VpcInstance(metadata(|m| m.identity_token_expires_in = Duration::from_secs(4)))),
            "identity_token_expires_in"
        );
        assert_eq!(refused(&Source::BareMetal(metadata(|m| m.version = ApiDate::new(2025, 8, 25)))), "version");
        assert_eq!(
            refused(&Source::VpcInstance(metadata(|m| {
                m.protocol = Protocol::Https;
                m.endpoint = BaseUrl::parse("endpoint", "http://127.0.0.1").ok();
            }))),
            "protocol"
        );
        assert_eq!(refused(&container(id(), Some(""))), "cr_token_file");
        assert_eq!(refused(&container(id(), Some("a\0b"))), "cr_token_file");
        for key in ["", "{k}", "{k", "k}", "\"k\"", "a b", "k\n"] {
            assert_eq!(refused(&Source::ApiKey(ApiKey { api_key: Secret::new(key), iam: Iam::default() })), "api_key");
        }
        for token in ["", "Bearer ", "a b", "ü"] {
            assert_eq!(refused(&Source::Bearer(Secret::new(token))), "token");
        }
        assert!(Source::VpcInstance(Metadata::default()).validate().is_ok() && container(id(), None).validate().is_ok());
    }

    #[test]
    fn assuming_needs_a_base_and_a_whole_name() {
        let assume = |base, profile| Source::Assume(Box::new(Assume { base, profile, endpoint: IamEndpoint::Public }));
        let vpc = || Source::VpcInstance(Metadata::default());
        assert_eq!(refused(&assume(vpc(), Profile::Name { name: "n".into(), account_id: None })), "account_id");
        assert_eq!(refused(&assume(assume(vpc(), id()), id())), "base");
        assert_eq!(refused(&assume(container(id(), Some("")), id())), "cr_token_file");
        assert!(assume(vpc(), id()).validate().is_ok());
    }

    #[test]
    fn a_pasted_scheme_is_dropped() {
        for (given, token) in [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("abc", "abc"), ("Bearerabc", "Bearerabc")] {
            assert_eq!(without_scheme(given), token);
        }
    }

    #[test]
    fn a_source_describes_itself() {
        assert_eq!(
            Source::VpcInstance(Metadata::default()).to_string(),
            "vpc_instance: default trusted profile, version 2025-08-26, protocol auto"
        );
        assert_eq!(container(id(), None).to_string(), "container: profile_id Profile-1, token file in a default place, endpoint public");
    }
}
