//! The https listeners, and their bad certificates.

use std::sync::Arc;

use crate::wire::{VERSION, parse};
use simulator::{Config, Ports, Protocol, ServerCertificate, Simulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

async fn simulator() -> Simulator {
    Simulator::start(Config::seeded().with_tls()).await.unwrap()
}

fn connector(simulator: &Simulator) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(simulator.ca_certificate_pem().as_bytes()).unwrap();
    roots.add(root).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Connects to a URL's port under a name and sends a request.
async fn speak(simulator: &Simulator, url: &str, name: &'static str, request: &str) -> std::io::Result<crate::wire::Reply> {
    let stream = TcpStream::connect(url.replace("https://", "")).await?;
    let name = ServerName::try_from(name).unwrap();
    let mut stream = connector(simulator).connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    Ok(parse(&bytes))
}

fn keys_request(host: &str) -> String {
    format!("GET /identity/keys HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn iam_over_https() {
    let simulator = simulator().await;
    let url = simulator.iam_https_url().unwrap();
    for name in ["iam.cloud.ibm.com", "localhost", "127.0.0.1"] {
        let reply = speak(&simulator, &url, name, &keys_request(name)).await.unwrap();
        assert_eq!(reply.status, 200);
    }
    assert!(simulator.journal().entries()[0].tls);
}

// Elsewhere than on Linux, 127.0.0.1 is the only address of the loopback interface.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_metadata_service_has_an_address_of_its_own() {
    let free = std::net::TcpListener::bind("127.0.0.3:0").unwrap();
    let ports = Ports { metadata_https: free.local_addr().unwrap().port(), ..Ports::default() };
    drop(free);
    let config = Config { metadata_address: Some([127, 0, 0, 3].into()), ports, ..Config::seeded().with_tls() };
    let simulator = Simulator::start(config).await.unwrap();
    assert!(simulator.metadata_url().starts_with("http://127.0.0.3:"));
    assert_eq!(simulator.metadata_https_url().unwrap(), format!("https://127.0.0.3:{}", ports.metadata_https));
    assert!(simulator.iam_https_url().unwrap().starts_with("https://127.0.0.1:"));
    simulator.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    let url = simulator.metadata_https_url().unwrap();
    let request = keys_request("api.metadata.cloud.ibm.com");
    assert_eq!(speak(&simulator, &url, "api.metadata.cloud.ibm.com", &request).await.unwrap().status, 404);
}

#[tokio::test]
async fn an_instance_serves_one_protocol_at_a_time() {
    let simulator = simulator().await;
    let http = simulator.metadata_url().replace("http://", "");
    let https = simulator.metadata_https_url().unwrap();
    assert!(TcpStream::connect(https.replace("https://", "")).await.is_err());
    simulator.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    let request = format!(
        "PUT /identity/v1/token?{VERSION} HTTP/1.1\r\nHost: api.metadata.cloud.ibm.com\r\nMetadata-Flavor: ibm\r\nConnection: close\r\n\r\n"
    );
    let name = "api.metadata.cloud.ibm.com";
    let reply = speak(&simulator, &https, name, &request).await.unwrap();
    assert_eq!(reply.status, 200);
    assert!(TcpStream::connect(&http).await.is_err());
}

#[tokio::test]
async fn bad_certificates_are_bad() {
    let simulator = simulator().await;
    let url = simulator.iam_https_url().unwrap();
    for (certificate, complaint) in [
        (ServerCertificate::OtherAuthority, "UnknownIssuer"),
        (ServerCertificate::WrongName, "not valid for"),
        (ServerCertificate::Expired, "expired"),
        (ServerCertificate::NotYetValid, "not valid yet"),
    ] {
        simulator.set_certificate(certificate);
        let error = speak(&simulator, &url, "localhost", &keys_request("localhost")).await.unwrap_err().to_string();
        assert!(error.contains(complaint), "{error}");
    }
    simulator.set_certificate(ServerCertificate::Valid);
    let reply = speak(&simulator, &url, "localhost", &keys_request("localhost")).await;
    assert_eq!(reply.unwrap().status, 200);
}
