//! Identity certificate of an instance or bare metal server.

use super::{always, since_2025};
use crate::error::{Error, ErrorCode};
use crate::operation::{ApiDate, Auth, Operation, OperationSpec, Reply, RequestParts, json_body, success};
use crate::wire::{BaseUrl, Invalid, to_text};
use http::{Method, Request, Response};
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// `POST /identity/v1/certificates`: a certificate for a key of the caller's own, for an identity
/// token as bearer. Private keys are never created, read or sent here (R23).
///
/// Source: VPC Identity API, "Create an identity certificate".
#[derive(Clone, PartialEq, Eq)]
pub struct CreateIdentityCertificate {
    /// One PEM block `CERTIFICATE REQUEST` (PKCS #10). The subject may have C, ST, L, O and OU
    /// only, and the request no extensions; the service sets the common name.
    pub csr: String,
    /// The life asked for. The service's default is an hour.
    pub expires_in: Option<Duration>,
}

impl fmt::Debug for CreateIdentityCertificate {
    /// `csr` is left out: somebody may have pasted a private key along with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateIdentityCertificate").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// A certificate as issued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityCertificate {
    /// PEM blocks, the leaf first, then its intermediates.
    pub certificates: Vec<String>,
    /// The certificate's id.
    pub id: Option<String>,
    /// When it was made, as the service wrote it.
    pub created_at: Option<String>,
    /// When it ends, as the service wrote it.
    pub expires_at: Option<String>,
}

const BEGIN: &str = "-----BEGIN CERTIFICATE REQUEST-----";
const END: &str = "-----END CERTIFICATE REQUEST-----";

impl CreateIdentityCertificate {
    /// Checks that `csr` is exactly one certificate request, so that a private key pasted along is
    /// never sent.
    ///
    /// # Errors
    /// `Invalid` names `csr`; its text is not shown.
    pub fn validate(&self) -> Result<(), Invalid> {
        let csr = self.csr.trim();
        let inner = csr.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let is_base64 = |text: &str| {
            !text.trim().is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\r' | b'\n'))
        };
        if inner.is_some_and(is_base64) {
            Ok(())
        } else {
            Err(Invalid::new("csr", "(not shown)", "exactly one PEM block CERTIFICATE REQUEST and nothing else"))
        }
    }
}

impl Operation for CreateIdentityCertificate {
    type Output = IdentityCertificate;
    const SPEC: OperationSpec = OperationSpec {
        id: "metadata.create_identity_certificate",
        method: Method::POST,
        paths: &[since_2025("/identity/v1/certificates"), always("/instance_identity/v1/certificates")],
        auth: Auth::IdentityToken,
        idempotent: false,
    };

    fn request(&self, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        self.validate()?;
        let mut body = Map::new();
        body.insert("csr".to_owned(), self.csr.as_str().into());
        if let Some(life) = self.expires_in {
            body.insert("expires_in".to_owned(), life.as_secs().into());
        }
        let body = Some(("application/json", to_text(&Value::Object(body)).into_bytes()));
        RequestParts { version: Some(version), body, ..RequestParts::default() }.build(&Self::SPEC, base, version)
    }

    fn parse(response: Response<Vec<u8>>) -> Result<Reply<IdentityCertificate>, Error> {
        let reply = success(Self::SPEC.id, response)?;
        let json = json_body(Self::SPEC.id, &reply)?;
        let list = json.get("certificates").and_then(Value::as_array);
        let certificates: Option<Vec<String>> = list.and_then(|l| l.iter().map(|c| c.as_str().map(str::to_owned)).collect());
        let certificates = certificates
            .filter(|c| !c.is_empty())
            .ok_or_else(|| Error::new(ErrorCode::MalformedResponse, format!("{} was answered without certificates", Self::SPEC.id)))?;
        let text = |name| json.text(name).map(str::to_owned);
        let value = IdentityCertificate { certificates, id: text("id"), created_at: text("created_at"), expires_at: text("expires_at") };
        Ok(Reply { status: reply.status, headers: reply.headers, value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_VERSION;
    use super::*;

    const CSR: &str = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";

    fn operation(csr: &str) -> CreateIdentityCertificate {
        CreateIdentityCertificate { csr: csr.to_owned(), expires_in: None }
    }

    #[test]
    fn the_request_escapes_the_line_ends() {
        let base = BaseUrl::parse("e", "http://169.254.169.254").unwrap();
        let request = CreateIdentityCertificate { expires_in: Some(Duration::from_secs(600)), ..operation(CSR) }
            .request(&base, DEFAULT_VERSION)
            .unwrap();
        assert_eq!(request.uri().to_string(), "http://169.254.169.254/identity/v1/certificates?version=2025-08-26");
        assert_eq!(
            request.body().as_slice(),
            br#"{"csr":"-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n","expires_in":600}"#
        );
    }

    #[test]
    fn only_one_certificate_request_is_ever_sent() {
        assert!(operation(CSR).validate().is_ok());
        let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
        for bad in [
            "",
            "MIIB",
            key,
            &format!("{CSR}{key}"),
            &format!("{key}{CSR}"),
            &format!("{CSR}{CSR}"),
            "-----BEGIN CERTIFICATE REQUEST----------END CERTIFICATE REQUEST-----",
        ] {
            let error = operation(bad).validate().unwrap_err();
            assert!(error.argument == "csr" && !error.to_string().contains("MIIB"));
        }
    }

    #[test]
    fn the_answer() {
        let answer = |body: &str| CreateIdentityCertificate::parse(Response::new(body.as_bytes().to_vec()));
        let value = answer(r#"{"certificates":["leaf","mid"],"id":"i","expires_in":3600}"#).unwrap().value;
        assert_eq!((value.certificates, value.id.as_deref()), (vec!["leaf".to_owned(), "mid".to_owned()], Some("i")));
        for bad in ["{}", r#"{"certificates":[]}"#, r#"{"certificates":[1]}"#] {
            assert_eq!(answer(bad).unwrap_err().code(), ErrorCode::MalformedResponse);
        }
    }
}
