//! Which certificates are trusted. Verification is never switched off.

use crate::per_process::PerProcess;
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use trusted_profile_core::error::{Error, ErrorCode};

/// Where other clients on the same machine find further roots. Whoever set them means us as well.
const BUNDLE_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// The trusted roots: those of the system (`SSL_CERT_FILE` and `SSL_CERT_DIR` count as the system's),
/// of `ca_bundle`, `REQUESTS_CA_BUNDLE` and `NODE_EXTRA_CA_CERTS`. Read when TLS is first needed.
pub(crate) struct Roots {
    extra: Vec<CertificateDer<'static>>,
    config: PerProcess<OnceLock<Result<ClientConfig, String>>>,
}

impl Roots {
    /// `ca_bundle` names a PEM file with further roots.
    pub(crate) fn new(ca_bundle: Option<&PathBuf>) -> Result<Self, Error> {
        let extra = ca_bundle.map(|path| read_bundle(path)).transpose()?.unwrap_or_default();
        Ok(Self { extra, config: PerProcess::default() })
    }

    /// The TLS settings of a client. One that never speaks TLS is spared the reading of the roots.
    pub(super) fn config(&self, is_tls: bool) -> Result<ClientConfig, String> {
        if is_tls { self.config.get().get_or_init(|| configure(self.trusted())).clone() } else { configure(RootCertStore::empty()) }
    }

    pub(crate) fn trusted(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::debug!(target: "trusted_profile", %error, "a system certificate could not be read");
        }
        let (added, ignored) = roots.add_parsable_certificates(system.certs);
        tracing::debug!(target: "trusted_profile", added, ignored, "system certificates");
        if roots.is_empty() {
            tracing::warn!(target: "trusted_profile", "this system has no trusted certificates; the bundled ones of Mozilla are used");
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        roots.add_parsable_certificates(self.extra.iter().cloned());
        for variable in BUNDLE_VARIABLES {
            let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) else { continue };
            match read_bundle(Path::new(&path)) {
                Ok(certificates) => drop(roots.add_parsable_certificates(certificates)),
                Err(error) => tracing::warn!(target: "trusted_profile", variable, %error, "a certificate bundle is left out"),
            }
        }
        roots
    }
}

fn configure(roots: RootCertStore) -> Result<ClientConfig, String> {
    // The provider is named, not taken from the process: a library sets no globals.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    let mut config = versions.with_root_certificates(roots).with_no_client_auth();
    // A session ends before the next token is fetched, and the room for 256 of them is most of what a provider would keep.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn read_bundle(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |why: String| {
        Error::new(ErrorCode::InvalidArgument, format!("ca_bundle: expected a PEM file with certificates, got {}: {why}", path.display()))
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(|e| refuse(e.to_string()))?
        .collect::<Result<_, _>>()
        .map_err(|e| refuse(e.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("it holds none".to_owned()));
    }
    Ok(certificates)
}
