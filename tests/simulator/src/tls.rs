//! A certificate authority made for the run, and the server certificates it has signed, good and bad.

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The certificate an https listener presents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerCertificate {
    /// Signed by [`ca_certificate_pem`](crate::Controls::ca_certificate_pem), for the right names.
    #[default]
    Valid,
    /// Signed by an authority nobody was told about.
    OtherAuthority,
    /// For another host name.
    WrongName,
    /// Expired yesterday.
    Expired,
    /// Valid from tomorrow on, as a good one looks to a clock that is behind.
    NotYetValid,
}

const NAMES: [&str; 4] = ["api.metadata.cloud.ibm.com", "iam.cloud.ibm.com", "private.iam.cloud.ibm.com", "localhost"];

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The run's certificate authority.
pub(crate) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    /// Signs the identity certificates of instances; itself signed by the root.
    intermediate: CertifiedIssuer<'static, KeyPair>,
    valid: TlsAcceptor,
    other_authority: TlsAcceptor,
    wrong_name: TlsAcceptor,
    expired: TlsAcceptor,
    not_yet_valid: TlsAcceptor,
}

impl Authority {
    pub(crate) fn new(address: IpAddr) -> Result<Self, Failure> {
        let root = CertifiedIssuer::self_signed(authority("Simulator root")?, KeyPair::generate()?)?;
        let intermediate = CertifiedIssuer::signed_by(authority("Simulator instance identity")?, KeyPair::generate()?, &root)?;
        let stranger = CertifiedIssuer::self_signed(authority("Some other root")?, KeyPair::generate()?)?;
        let right = right_names(address);
        let wrong = vec!["wrong-name.invalid".to_owned()];
        let days = |from, until| [from, until].map(Duration::days);
        let now = days(-2, 30);
        Ok(Self {
            valid: acceptor(&root, right.clone(), now)?,
            other_authority: acceptor(&stranger, right.clone(), now)?,
            wrong_name: acceptor(&root, wrong, now)?,
            expired: acceptor(&root, right.clone(), days(-2, -1))?,
            not_yet_valid: acceptor(&root, right, days(1, 30))?,
            root,
            intermediate,
        })
    }

    pub(crate) fn root_pem(&self) -> String {
        self.root.pem()
    }

    pub(crate) fn intermediate(&self) -> &CertifiedIssuer<'static, KeyPair> {
        &self.intermediate
    }

    pub(crate) fn acceptor(&self, certificate: ServerCertificate) -> TlsAcceptor {
        match certificate {
            ServerCertificate::Valid => self.valid.clone(),
            ServerCertificate::OtherAuthority => self.other_authority.clone(),
            ServerCertificate::WrongName => self.wrong_name.clone(),
            ServerCertificate::Expired => self.expired.clone(),
            ServerCertificate::NotYetValid => self.not_yet_valid.clone(),
        }
    }
}

fn right_names(address: IpAddr) -> Vec<String> {
    let addresses = ["127.0.0.1".to_owned(), "::1".to_owned()];
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).chain(addresses).collect();
    if !names.contains(&address.to_string()) && !address.is_unspecified() {
        names.push(address.to_string());
    }
    names
}

fn authority(name: &str) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.not_before = OffsetDateTime::now_utc() - Duration::days(2);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(30);
    Ok(params)
}

fn acceptor(issuer: &CertifiedIssuer<'static, KeyPair>, names: Vec<String>, [from, until]: [Duration; 2]) -> Result<TlsAcceptor, Failure> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.distinguished_name.push(DnType::CommonName, "trusted-profile simulator");
    params.not_before = OffsetDateTime::now_utc() + from;
    params.not_after = OffsetDateTime::now_utc() + until;
    let certificate: Certificate = params.signed_by(&key, issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
