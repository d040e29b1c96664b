//! No public type shows a secret that it holds.

use end_to_end::Account;
use end_to_end::spellings::leaks;
use http::Response;
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::fs;
use std::path::Path;
use std::time::Duration;
use trusted_profile::verify::{self, Verifier, VerifierBuilder};
use trusted_profile::{Builder, CallbackError, TokenProvider, blocking};
use trusted_profile_core::config::Place;
use trusted_profile_core::config::*;
use trusted_profile_core::doctor::*;
use trusted_profile_core::error::*;
use trusted_profile_core::operation::*;
use trusted_profile_core::services::*;
use trusted_profile_core::token::*;
use trusted_profile_core::wire::*;
use trusted_profile_core::{Now, Secret};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g_-w";
const OPAQUE: &str = "sim-k3y-Zq7hushHush0f1e2d3c4b5a";
const USER_DATA: &str = "#cloud-config password: correct-horse-battery";

fn secrets() -> BTreeSet<String> {
    [JWT, OPAQUE, USER_DATA].map(str::to_owned).into()
}

/// Shows a value in every way its type allows. A type that learns a new way is shown in it.
struct Probe<'a, T>(&'a T);

trait Shows {
    fn debug(&self) -> String;
}
impl<T: Debug> Shows for Probe<'_, T> {
    fn debug(&self) -> String {
        format!("{:?}\n{:#?}", self.0, self.0)
    }
}
trait ShowsNothing {
    fn debug(&self) -> String;
}
impl<T> ShowsNothing for &Probe<'_, T> {
    fn debug(&self) -> String {
        "no Debug".to_owned()
    }
}
trait Displays {
    fn display(&self) -> String;
}
impl<T: Display> Displays for Probe<'_, T> {
    fn display(&self) -> String {
        self.0.to_string()
    }
}
trait DisplaysNothing {
    fn display(&self) -> String;
}
impl<T> DisplaysNothing for &Probe<'_, T> {
    fn display(&self) -> String {
        "no Display".to_owned()
    }
}

/// `Type: value` pairs as names with all that is shown of the values.
macro_rules! show {
    ($($name:ident: $value:expr),+ $(,)?) => {
        vec![$((stringify!($name), { let value = $value; format!("{}\n{}", (&Probe(&value)).debug(), (&Probe(&value)).display()) })),+]
    };
}

mod operations;

fn secret() -> Secret {
    Secret::new(OPAQUE)
}

fn answer(body: &str) -> Response<Vec<u8>> {
    Response::builder().header("content-type", "application/json").body(body.as_bytes().to_vec()).unwrap()
}

fn now() -> Now {
    Now { monotonic: Duration::from_secs(1), unix: Duration::from_secs(1_790_000_000) }
}

fn key() -> ApiKey {
    let client = ClientCredentials { id: "client".to_owned(), secret: secret() };
    ApiKey { api_key: secret(), iam: Iam { client: Some(client), ..Iam::default() } }
}

fn machine() -> TokenManager {
    TokenManager::new(Source::ApiKey(key()), Policy::default(), 1).unwrap()
}

fn exchange(machine: &mut TokenManager) -> Box<Exchange> {
    match machine.poll(Slot::Iam, now(), &mut Ticket::new()) {
        Action::Send(exchange) => exchange,
        other => panic!("{other:?}"),
    }
}

/// A machine whose service repeated the key in its refusal, and the error that its caller gets.
fn refused() -> (TokenManager, Error) {
    let mut machine = machine();
    let exchange = exchange(&mut machine);
    let body = format!(r#"{{"errorCode":"BXNIM0415E","errorMessage":"no key {OPAQUE}","errorDetails":"nor {JWT}"}}"#);
    let mut response = answer(&body);
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    let mut ticket = Ticket::new();
    let _ = machine.poll(Slot::Iam, now(), &mut ticket);
    machine.handle(now(), exchange.id, Ok(response));
    match machine.poll(Slot::Iam, now(), &mut ticket) {
        Action::Failed(error) => (machine, error),
        other => panic!("{other:?}"),
    }
}

/// A machine with a token, and the token.
fn served() -> (TokenManager, AccessToken) {
    let mut machine = machine();
    let exchange = exchange(&mut machine);
    machine.handle(now(), exchange.id, Ok(answer(&token_answer())));
    match machine.poll(Slot::Iam, now(), &mut Ticket::new()) {
        Action::Ready(token) => (machine, token),
        other => panic!("{other:?}"),
    }
}

fn token_answer() -> String {
    format!(r#"{{"access_token":"{JWT}","refresh_token":"{OPAQUE}","expires_in":3600,"expiration":1790003600}}"#)
}

fn initialization() -> Reply<InstanceInitialization> {
    let body = format!(r#"{{"default_trusted_profile":{{"auto_link":true,"target":{{"id":"Profile-1"}}}},"user_data":"{USER_DATA}"}}"#);
    GetInstanceInitialization::parse(answer(&body)).unwrap()
}

fn errors_and_operations() -> Vec<(&'static str, String)> {
    let (_, error) = refused();
    let grants = [
        Grant::ApiKey { api_key: secret() },
        Grant::CrToken { cr_token: Secret::new(JWT), profile: Profile::Id("Profile-1".to_owned()) },
        Grant::Assume { access_token: Secret::new(JWT), profile: Profile::Id("Profile-1".to_owned()) },
        Grant::RefreshToken { refresh_token: secret() },
    ];
    let jwks = r#"{"keys":[{"kid":"1","kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}]}"#;
    let certificate = r#"{"certificates":["-----BEGIN CERTIFICATE-----"],"id":"1"}"#;
    let configuration = GetOpenidConfiguration::parse(answer(r#"{"issuer":"https://iam.cloud.ibm.com/identity"}"#)).unwrap().value;
    show![
        Cause: error.causes()[0],
        Condition: error.causes().iter().flat_map(|cause| cause.when).collect::<Vec<_>>(),
        Facts: Facts::default(),
        ServiceError: error.service().unwrap().clone(),
        Error: error,
        ErrorCode: ErrorCode::ALL,
        ErrorKind: ErrorCode::Internal.kind(),
        TransportError: TransportError::new(TransportErrorKind::Other, "words of the transport"),
        TransportErrorKind: TransportErrorKind::Other,
        TlsFailure: TlsFailure::Other,
        Profile: Profile::Id("Profile-1".to_owned()),
        GetInstanceInitialization: GetInstanceInitialization {},
        InstanceInitialization: initialization().value,
        DefaultTrustedProfile: initialization().value.default_trusted_profile.unwrap(),
        ReadMetadata: ReadMetadata::new("instance", None).unwrap(),
        MetadataDocument: ReadMetadata::parse(answer(&format!(r#"{{"user_data":"{USER_DATA}"}}"#))).unwrap().value,
        CreateIdentityToken: CreateIdentityToken { expires_in: None, nonce: None },
        CreateIamToken: CreateIamToken { trusted_profile: None },
        ListIdentityKeys: ListIdentityKeys {},
        JsonWebKey: ListIdentityKeys::parse(answer(jwks)).unwrap().value,
        GetOpenidConfiguration: GetOpenidConfiguration {},
        OpenidConfiguration: configuration,
        IssuedToken: GetToken::parse(answer(&token_answer())).unwrap().value,
        CreateIdentityCertificate: CreateIdentityCertificate { csr: String::new(), expires_in: None },
        IdentityCertificate: CreateIdentityCertificate::parse(answer(certificate)).map(|reply| reply.value),
        GetToken: GetToken { grant: Grant::ApiKey { api_key: secret() }, scope: None, client: key().iam.client },
        ClientCredentials: key().iam.client.unwrap(),
        Grant: grants,
        ApiDate: DEFAULT_VERSION,
        Reply: GetToken::parse(answer(&token_answer())).unwrap(),
        OperationSpec: GetToken::SPEC,
        PathSince: &GetToken::SPEC.paths[0],
        Auth: Auth::IdentityToken,
    ]
}

fn tokens() -> Vec<(&'static str, String)> {
    let (mut served, token) = served();
    let (mut refused, error) = refused();
    let file = || FileRead { path: "/tokens/sa-token".to_owned(), result: Ok(Secret::new(JWT)) };
    let external = || ExternalToken { access_token: Secret::new(JWT), expires_in: Duration::from_secs(60) };
    let events: Vec<Event> = [served.poll_event(), refused.poll_event()].into_iter().flatten().collect();
    let mut machines = (machine(), machine());
    let options =
        SourceOptions { api_key: Some(secret()), token: Some(Secret::new(JWT)), client_secret: Some(secret()), ..SourceOptions::default() };
    let assume = || Assume { base: Source::ApiKey(key()), profile: Profile::Id("Profile-1".to_owned()), endpoint: IamEndpoint::Public };
    show![
        Slot: Slot::Iam,
        ExchangeId: ExchangeId(1),
        Action: [
            Action::Ready(token.clone()),
            Action::Send(exchange(&mut machines.0)),
            Action::Failed(error.clone()),
            Action::NeedInput { id: ExchangeId(1), input: Input::External { timeout: Duration::ZERO } },
        ],
        Exchange: *exchange(&mut machines.1),
        Network: Network::Public,
        Input: Input::CrTokenFile { paths: vec!["/tokens/sa-token".to_owned()], max_bytes: 1024 },
        InputReply: [
            InputReply::CrTokenFile(vec![file()]),
            InputReply::External(Ok(external())),
            InputReply::External(Err(format!("401 for {JWT} and {OPAQUE}"))),
        ],
        FileRead: file(),
        FileProblem: FileProblem::Empty,
        ExternalToken: external(),
        Ticket: Ticket::new(),
        UnverifiedClaims: token.unverified_claims(),
        AccessToken: token,
        Source: [Source::ApiKey(key()), Source::Bearer(Secret::new(JWT)), Source::Assume(Box::new(assume()))],
        Metadata: Metadata::default(),
        Container: Container { profile: Profile::Id("Profile-1".to_owned()), cr_token: None, cr_token_file: None, iam: key().iam },
        ApiKey: key(),
        Assume: assume(),
        Iam: key().iam,
        Event: events,
        Protocol: Protocol::Auto,
        IamEndpoint: IamEndpoint::Public,
        SourceOptions: options,
        Status: [served.status(), refused.status()],
        SlotStatus: refused.status().slots,
        TokenManager: [served, refused],
        Policy: Policy::default(),
        Timeouts: Policy::default().remote,
    ]
}

/// Settings that hold a key and a token, and what is made of them.
fn configuration() -> Vec<(&'static str, String)> {
    let settings = format!("MY_SERVICE_APIKEY={OPAQUE}\nMY_SERVICE_BEARER_TOKEN={JWT}\n{OPAQUE}={OPAQUE}\n");
    let owner = Owner { owner: 0, user: 0, mode: 0o600, link_owner: None };
    let file = CredentialFile {
        place: Place::Home,
        path: "/etc/ibm-credentials.env".to_owned(),
        content: Ok(Secret::new(settings)),
        owner: Some(owner),
    };
    let variables = [("MY_SERVICE_BEARER_TOKEN".to_owned(), Secret::new(JWT)), ("IBMCLOUD_API_KEY".to_owned(), secret())];
    let found = Surroundings { variables: variables.into(), files: vec![file.clone()], token_folders: Vec::new() };
    let chosen = choose("my-service", &found).unwrap();
    show![
        Owner: owner,
        Place: Place::Home,
        CredentialFile: file,
        Setting: chosen.settings.clone(),
        Configuration: chosen,
        Detected: detect(&found),
        Surroundings: found,
    ]
}

/// An examination whose service repeats the key and a token in its refusal.
fn examination() -> Vec<(&'static str, String)> {
    let mut doctor = Doctor::new(Source::ApiKey(key()), "the program named it", Policy::default(), Facts::default(), 1).unwrap();
    let (mut steps, mut looks) = (Vec::new(), Vec::new());
    let report = loop {
        match doctor.step(now()) {
            Step::Done(report) => break report,
            Step::Send(exchange) => {
                steps.push(format!("{exchange:?}"));
                let mut refusal = answer(&format!(r#"{{"errorCode":"BXNIM0415E","errorMessage":"no key {OPAQUE} nor {JWT}"}}"#));
                *refusal.status_mut() = http::StatusCode::BAD_REQUEST;
                doctor.handle(now(), exchange.id, Ok(refusal));
            }
            Step::Look(look) => {
                looks.push(look);
                doctor.found(Finding::Unable);
            }
            other => panic!("{other:?}"),
        }
    };
    let presented = Presented { issuer: "CN=Some CA".to_owned(), names: vec!["iam.cloud.ibm.com".to_owned()], not_before: 0, not_after: 1 };
    show![
        Step: (steps, Step::Done(report.clone())),
        Look: looks,
        Finding: Finding::Certificate(presented.clone()),
        Presented: presented,
        Verdict: Verdict::Pass,
        Check: report.checks.clone(),
        Remedy: report.first_remedy().cloned(),
        Report: [report.to_json().to_string(), format!("{report:?}{report}")],
        Doctor: doctor,
    ]
}

fn the_rest() -> Vec<(&'static str, String)> {
    let builder = || TokenProvider::api_key(OPAQUE).client_credentials("client", OPAQUE);
    let base = BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com").unwrap();
    let callback: CallbackError = "the callback's own words".into();
    show![
        Scheme: base.scheme(),
        BaseUrl: base,
        Invalid: Source::ApiKey(ApiKey { api_key: Secret::new(format!("\"{OPAQUE}\"")), iam: Iam::default() }).validate().unwrap_err(),
        AllowedOrigins: AllowedOrigins::new(["https://us-south.iaas.cloud.ibm.com"]).unwrap(),
        Json: Json::parse(token_answer().as_bytes()).unwrap(),
        Redactor: Redactor::new([&secret()]),
        Secret: secret(),
        Now: now(),
        Builder: { let builder: Builder = builder(); builder },
        Description: builder().build().unwrap().describe(),
        Driver: builder().into_driver().unwrap(),
        Sender: builder().into_driver().unwrap().sender,
        Origin: builder().into_driver().unwrap().origin,
        CallbackError: callback,
        TokenProvider: { let tokens: TokenProvider = builder().build().unwrap(); tokens },
        TokenProvider: { let tokens: blocking::TokenProvider = builder().build_blocking().unwrap(); tokens },
        VerifierBuilder: { let builder: VerifierBuilder = verifier(); builder },
        Verifier: { let verifier: Verifier = verifier().build().unwrap(); verifier },
        Verifier: { let verifier: verify::blocking::Verifier = verifier().build_blocking().unwrap(); verifier },
        VerifiedClaims: verified(),
    ]
}

fn verifier() -> VerifierBuilder {
    Verifier::builder(verify::IBM_CLOUD_ISSUER, "1234567890abcdef1234567890abcdef")
}

/// The claims of a token, which must not show it.
fn verified() -> verify::VerifiedClaims {
    let account = Account::start();
    let verifier = Verifier::builder(verify::IBM_CLOUD_ISSUER, account.account_id()).endpoint(account.iam_url());
    let header = serde_json::json!({"alg": "RS256", "kid": "sim-iam-1"});
    let claims = serde_json::json!({
        "iss": verify::IBM_CLOUD_ISSUER, "account": {"bss": account.account_id()}, "iam_id": "iam-Profile-1", "iat": 0, "exp": i64::MAX,
        "odd": [JWT, OPAQUE],
    });
    let token = account.sign_with_iam_key(&header, &claims).unwrap();
    verifier.build_blocking().unwrap().verify(&token, None).unwrap()
}

#[test]
fn no_public_type_shows_a_secret() {
    let all = [errors_and_operations(), tokens(), configuration(), examination(), operations::all(), the_rest()].concat();
    for (name, shown) in &all {
        let found = leaks(shown, &secrets());
        assert!(found.is_empty(), "{name} shows a secret: {shown}\n{found:#?}");
    }
    // Some must have held one, or this test shows nothing.
    assert!(all.iter().filter(|(_, shown)| shown.contains("[redacted]")).count() >= 12);
    assert_eq!(public_types(), all.into_iter().map(|(name, _)| name.to_owned()).collect(), "left: in the source; right: in this test");
}

/// The public types of the core and the client. Whatever is `pub` can be reached: the lint
/// `unreachable_pub` sees to that.
fn public_types() -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("core/src"), root.join("client/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            // The core's own tests show every one of the generated models, with secrets in it.
            if text.starts_with("// @generated") && path.components().any(|part| part.as_os_str() == "types") {
                continue;
            }
            for line in text.lines() {
                let declared =
                    ["pub struct ", "pub enum ", "pub union ", "pub type "].iter().find_map(|start| line.trim_start().strip_prefix(start));
                types.extend(declared.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()));
            }
        }
    }
    types
}
