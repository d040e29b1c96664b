//! Which certificate a server presents, accepted or not.

use crate::transport::{Roots, of_io};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use trusted_profile_core::doctor::{Finding, Presented};
use trusted_profile_core::{TransportError, TransportErrorKind as Kind};
use x509_parser::parse_x509_certificate;

/// Shakes hands over `stream` as `host`, and sends nothing after that.
pub(super) async fn of(host: &str, stream: TcpStream, limit: Duration, roots: &Roots) -> Finding {
    let failed = |detail: String| Finding::Failed(TransportError::new(Kind::Other, detail));
    let noting = match Noting::over(roots) {
        Ok(noting) => Arc::new(noting),
        Err(error) => return failed(error),
    };
    let (Ok(name), Ok(config)) = (ServerName::try_from(host.to_owned()), noting.config()) else {
        return failed(format!("{host} is no name that a certificate could be for"));
    };
    let handshake = timeout(limit, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let presented = noting.presented();
    match (handshake, presented) {
        (Ok(Ok(_)), Some(presented)) => Finding::Certificate(presented),
        (Ok(Ok(_)), None) => Finding::Unable,
        (Ok(Err(error)), presented) => {
            let failure = of_io(&error).unwrap_or_else(|| TransportError::new(Kind::Interrupted, error.to_string()));
            presented.map_or(Finding::Failed(failure.clone()), |presented| Finding::Refused { presented, failure })
        }
        (Err(_), _) => {
            let detail = format!("no TLS handshake within {:.2} s", limit.as_secs_f64());
            Finding::Failed(TransportError::new(Kind::ReadTimeout, detail))
        }
    }
}

/// The usual verification, which also notes the certificate it was shown.
#[derive(Debug)]
struct Noting {
    usual: Arc<WebPkiServerVerifier>,
    shown: Mutex<Option<CertificateDer<'static>>>,
}

impl Noting {
    fn over(roots: &Roots) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots.trusted()), provider).build().map_err(|e| e.to_string())?;
        Ok(Self { usual, shown: Mutex::default() })
    }

    fn config(self: &Arc<Self>) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let verifier = Arc::clone(self) as Arc<dyn ServerCertVerifier>;
        Ok(versions.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    fn presented(&self) -> Option<Presented> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, certificate) = parse_x509_certificate(shown.as_ref()?).ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|names| names.value.general_names.iter().map(name_of).collect()).unwrap_or_default();
        let validity = certificate.validity();
        let (not_before, not_after) = (validity.not_before.timestamp(), validity.not_after.timestamp());
        Some(Presented { issuer: certificate.issuer().to_string(), names, not_before, not_after })
    }
}

fn name_of(name: &x509_parser::extensions::GeneralName<'_>) -> String {
    use x509_parser::extensions::GeneralName;
    match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(four), _) => std::net::Ipv4Addr::from(four).to_string(),
            (_, Ok(sixteen)) => std::net::Ipv6Addr::from(sixteen).to_string(),
            _ => "an address of no known kind".to_owned(),
        },
        other => other.to_string(),
    }
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        self.usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
