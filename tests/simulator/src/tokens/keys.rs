//! RSA keys, made once per process.
//!
//! A test process may start dozens of simulators; generating 2048-bit keys for each would cost more
//! than the tests. The keys are still fresh in every run, so no token outlives its process.

use std::sync::OnceLock;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUse {
    /// IAM access tokens.
    Iam,
    /// IAM access tokens after a key rotation.
    IamNext,
    /// Identity tokens of instances.
    Identity,
    /// Service-account tokens of a cluster; clusters with the same parity share a key.
    Cluster(usize),
    /// Nobody trusts it: for tokens that must be refused.
    Untrusted,
}

/// One RSA key pair in the forms the simulator needs.
pub(crate) struct KeyPair {
    pub(crate) encoding: EncodingKey,
    pub(crate) decoding: DecodingKey,
    modulus: String,
    exponent: String,
}

static POOL: [OnceLock<Result<KeyPair, String>>; 6] = [const { OnceLock::new() }; 6];

impl KeyUse {
    fn slot(self) -> usize {
        match self {
            Self::Iam => 0,
            Self::IamNext => 1,
            Self::Identity => 2,
            Self::Cluster(number) => 3 + number % 2,
            Self::Untrusted => 5,
        }
    }

    /// The key, made now if it does not exist yet.
    pub(crate) fn key(self) -> Result<&'static KeyPair, String> {
        match POOL.get(self.slot()) {
            Some(slot) => slot.get_or_init(generate).as_ref().map_err(Clone::clone),
            None => Err("no such key".to_owned()),
        }
    }
}

/// Makes the keys every simulator needs, in parallel, and the others in the background.
pub(crate) fn prepare() {
    let identity = thread::spawn(|| KeyUse::Identity.key().is_ok());
    let _ = KeyUse::Iam.key();
    let _ = identity.join();
    thread::spawn(|| KeyUse::Cluster(0).key().is_ok());
}

fn generate() -> Result<KeyPair, String> {
    let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).map_err(|error| error.to_string())?;
    let der = private.to_pkcs1_der().map_err(|error| error.to_string())?;
    let modulus = private.n().to_bytes_be();
    let exponent = private.e().to_bytes_be();
    Ok(KeyPair {
        encoding: EncodingKey::from_rsa_der(der.as_bytes()),
        decoding: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        modulus: URL_SAFE_NO_PAD.encode(&modulus),
        exponent: URL_SAFE_NO_PAD.encode(&exponent),
    })
}

impl KeyPair {
    /// The public half as a JSON Web Key. IAM's key set carries no `use`.
    pub(crate) fn jwk(&self, key_id: &str) -> Value {
        json!({
            "kty": "RSA",
            "alg": "RS256",
            "kid": key_id,
            "n": self.modulus,
            "e": self.exponent,
        })
    }
}
