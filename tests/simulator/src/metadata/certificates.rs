//! Identity certificates, really signed.

use hyper::StatusCode;
use rcgen::{CertificateSigningRequestParams, DnType};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry;
use x509_parser::prelude::FromDer as _;

use super::error::MetadataError;
use super::{Call, Outcome, body};
use crate::exchange::Answer;
use crate::identifiers;

/// `POST /identity/v1/certificates`
pub(crate) fn create(call: &Call<'_>) -> Outcome {
    let fields = body::object(call.request)?.unwrap_or_default();
    body::only(&fields, &["csr", "expires_in"])?;
    let expires_in = body::expires_in(&fields, 300, 3600, 3600)?;
    let csr = fields.get("csr").ok_or_else(|| MetadataError::bad("missing_field", "csr is required").about("field", "csr"))?;
    let pem = csr.as_str().ok_or_else(|| invalid("csr must be a string"))?;
    let mut request = checked(pem)?;
    let created = call.circumstances.now;
    let expires = created.plus_seconds(expires_in);
    request.params.distinguished_name.push(DnType::CommonName, call.instance.id.as_str());
    request.params.not_before = start(created.calendar());
    request.params.not_after = expires.calendar();
    request.params.use_authority_key_identifier_extension = true;
    let issuer = call.world.authority.intermediate();
    let leaf = request.signed_by(issuer).map_err(|error| MetadataError::internal(&error.to_string()))?;
    let body: Value = json!({
        "certificates": [leaf.pem(), issuer.pem()],
        "created_at": created.rfc3339(),
        "expires_at": expires.rfc3339(),
        "expires_in": expires_in,
        "id": identifiers::uuid(),
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// Clocks of verifiers differ a little.
fn start(created: OffsetDateTime) -> OffsetDateTime {
    created - Duration::minutes(1)
}

fn invalid(message: &str) -> MetadataError {
    MetadataError::bad("invalid_value", message).about("field", "csr")
}

/// One certificate request and nothing else; no common name; no extensions; signed by its own key.
fn checked(pem: &str) -> Result<CertificateSigningRequestParams, MetadataError> {
    let only_block = pem.trim();
    let blocks = only_block.matches("-----BEGIN ").count();
    if blocks != 1
        || !only_block.starts_with("-----BEGIN CERTIFICATE REQUEST-----")
        || !only_block.ends_with("-----END CERTIFICATE REQUEST-----")
    {
        return Err(invalid("csr must be exactly one CERTIFICATE REQUEST block"));
    }
    let (_, block) = x509_parser::pem::parse_x509_pem(only_block.as_bytes()).map_err(|_| invalid("csr is not PEM"))?;
    let (_, request) = X509CertificationRequest::from_der(&block.contents).map_err(|_| invalid("csr is not a PKCS#10 request"))?;
    let info = &request.certification_request_info;
    if info.subject.iter_common_name().next().is_some() {
        return Err(invalid("the subject must not have a common name"));
    }
    let allowed = [
        oid_registry::OID_X509_COUNTRY_NAME,
        oid_registry::OID_X509_STATE_OR_PROVINCE_NAME,
        oid_registry::OID_X509_LOCALITY_NAME,
        oid_registry::OID_X509_ORGANIZATION_NAME,
        oid_registry::OID_X509_ORGANIZATIONAL_UNIT,
    ];
    if info.subject.iter_attributes().any(|attribute| !allowed.contains(attribute.attr_type())) {
        return Err(invalid("the subject may hold C, ST, L, O and OU only"));
    }
    if request.requested_extensions().is_some_and(|mut extensions| extensions.next().is_some()) {
        return Err(invalid("the request must not ask for extensions"));
    }
    CertificateSigningRequestParams::from_pem(only_block).map_err(|_| invalid("the signature of the request is not valid"))
}
