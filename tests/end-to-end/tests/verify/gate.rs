//! A verifier of either manner, and tokens to show it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::{Account, Caller, Manner, runtime};
use serde_json::Value;
use simulator::Service;
use std::ops::Deref;
use std::sync::Arc;
use trusted_profile::verify::{IBM_CLOUD_ISSUER, VerifiedClaims, Verifier, VerifierBuilder, blocking};
use trusted_profile::{Error, ErrorCode, TokenProvider};

/// A verifier that threads call.
#[derive(Clone)]
pub(crate) enum Either {
    Async(Verifier),
    Blocking(Arc<blocking::Verifier>),
}

impl Either {
    pub(crate) fn new(builder: VerifierBuilder, manner: Manner) -> Self {
        match manner {
            Manner::Async => Self::Async(builder.build().unwrap()),
            Manner::Blocking => Self::Blocking(Arc::new(builder.build_blocking().unwrap())),
        }
    }

    pub(crate) fn verify(&self, token: &str) -> Result<VerifiedClaims, Error> {
        match self {
            Self::Async(verifier) => {
                let (verifier, token) = (verifier.clone(), token.to_owned());
                runtime().block_on(async move { verifier.verify(&token).await })
            }
            Self::Blocking(verifier) => verifier.verify(token, None),
        }
    }
}

/// An account, and the entrance of a service of it. Dereferences to the account.
pub(crate) struct Gate {
    pub(crate) account: Account,
    pub(crate) verifier: Either,
}

impl Gate {
    /// One for each manner, for what is to hold for both.
    pub(crate) fn both() -> [Self; 2] {
        Manner::BOTH.map(|manner| {
            let account = Account::start();
            let verifier = Either::new(Self::builder_for(&account), manner);
            Self { account, verifier }
        })
    }

    pub(crate) fn builder_for(account: &Account) -> VerifierBuilder {
        Verifier::builder(IBM_CLOUD_ISSUER, account.account_id()).endpoint(account.iam_url())
    }

    /// A token as IAM issues it.
    pub(crate) fn token(&self) -> String {
        let key = TokenProvider::api_key(&self.account.api_key.value).endpoint(self.account.iam_url());
        Caller::new(key, Manner::Blocking).token().unwrap().expose().to_owned()
    }

    /// Header and claims of such a token, to be changed.
    pub(crate) fn parts(&self) -> (Value, Value) {
        let token = self.token();
        let parts: Vec<Value> =
            token.split('.').take(2).map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()).collect();
        (parts[0].clone(), parts[1].clone())
    }

    /// A token that IAM's key signed, with `change` made before.
    pub(crate) fn signed(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let (mut header, mut claims) = self.parts();
        change(&mut header, &mut claims);
        self.account.sign_with_iam_key(&header, &claims).unwrap()
    }

    /// Why `token` is refused. Its own text is not in the error.
    #[track_caller]
    pub(crate) fn refusal(&self, token: &str) -> String {
        let error = self.verifier.verify(token).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TokenNotTrusted, "{error}");
        assert!(!error.is_transient() && !error.causes().is_empty(), "{error}");
        for part in token.split('.').filter(|part| part.len() >= 12) {
            assert!(!format!("{error:?}").contains(part), "{error}");
        }
        error.message().to_owned()
    }

    /// How often keys were asked for.
    pub(crate) fn key_requests(&self) -> usize {
        self.account.journal().count(Service::Iam, "GET", "/identity/keys")
    }

    /// A JWT but for its signature.
    pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    /// The first key that IAM lists.
    pub(crate) fn listed_key(&self) -> Value {
        self.verifier.verify(&self.token()).unwrap();
        let answers = self.account.journal().matching(Service::Iam, "GET", "/identity/keys");
        let listed: Value = serde_json::from_slice(&answers[0].response_body).unwrap();
        listed["keys"][0].clone()
    }
}

impl Deref for Gate {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}
