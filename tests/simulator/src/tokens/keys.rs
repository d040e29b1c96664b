//! RSA keys, made once per process.
//!
//! A test process may start dozens of simulators; generating 2048-bit keys for each would cost more
//! than the tests. The keys are still fresh in every run, so no token outlives its process, or the
//! folder that the processes of a run share.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
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

/// Where the processes of one run keep their keys, if they share them.
static SHARED: OnceLock<PathBuf> = OnceLock::new();

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
            Some(slot) => slot.get_or_init(|| self.make()).as_ref().map_err(Clone::clone),
            None => Err("no such key".to_owned()),
        }
    }

    fn make(self) -> Result<KeyPair, String> {
        match SHARED.get() {
            Some(folder) => KeyPair::of(&shared(&folder.join(format!("{}.der", self.slot())))?),
            None => KeyPair::of(&generate()?),
        }
    }
}

/// Makes the keys every simulator needs, in parallel, and the others in the background. The folder
/// that is named first is the process's; it is made if it is not there.
pub(crate) fn prepare(folder: Option<PathBuf>) -> io::Result<()> {
    if let Some(folder) = folder {
        fs::create_dir_all(&folder).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
        let _ = SHARED.set(folder);
    }
    let identity = thread::spawn(|| KeyUse::Identity.key().is_ok());
    let _ = KeyUse::Iam.key();
    let _ = identity.join();
    thread::spawn(|| KeyUse::Cluster(0).key().is_ok());
    Ok(())
}

fn generate() -> Result<RsaPrivateKey, String> {
    RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).map_err(|error| error.to_string())
}

/// The key in this file, which another process of the run has made; or else a new one, for others.
fn shared(path: &Path) -> Result<RsaPrivateKey, String> {
    if let Ok(der) = fs::read(path) {
        return RsaPrivateKey::from_pkcs1_der(&der).map_err(|error| format!("{}: {error}", path.display()));
    }
    let private = generate()?;
    let der = private.to_pkcs1_der().map_err(|error| error.to_string())?;
    // Moved into place whole: whoever finds it can read it.
    let draft = path.with_extension(std::process::id().to_string());
    let put = |draft: &Path| {
        private_file(draft)?.write_all(der.as_bytes())?;
        fs::rename(draft, path)
    };
    put(&draft).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(private)
}

/// A new file that only its owner may read.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl KeyPair {
    fn of(private: &RsaPrivateKey) -> Result<Self, String> {
        let der = private.to_pkcs1_der().map_err(|error| error.to_string())?;
        let modulus = private.n().to_bytes_be();
        let exponent = private.e().to_bytes_be();
        Ok(Self {
            encoding: EncodingKey::from_rsa_der(der.as_bytes()),
            decoding: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
            modulus: URL_SAFE_NO_PAD.encode(&modulus),
            exponent: URL_SAFE_NO_PAD.encode(&exponent),
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_later_finds_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.der");
        let made = shared(&path).unwrap();
        assert_eq!(shared(&path).unwrap(), made);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        fs::write(&path, "no key").unwrap();
        assert!(shared(&path).unwrap_err().contains("0.der"));
    }
}
