//! Real TLS: the right certificate works, each wrong one is refused by its name, and nothing falls
//! back to http.

use end_to_end::{Account, Caller, Manner};
use simulator::{Protocol, ServerCertificate, Service};
use trusted_profile::{Builder, ErrorCode};

fn secure_account() -> Account {
    let account = Account::start_with_tls();
    account.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    account
}

fn sources(account: &Account) -> [Builder; 2] {
    [account.vpc().endpoint(account.metadata_https_url().unwrap()), account.container().endpoint(account.iam_https_url().unwrap())]
}

fn assert_only_tls(account: &Account, at_least: usize) {
    let entries = account.journal().entries();
    let requests: Vec<_> = entries.iter().filter(|entry| entry.service != Service::ObjectStore).collect();
    assert!(requests.len() >= at_least && requests.iter().all(|entry| entry.tls), "{requests:?}");
}

#[test]
fn a_certificate_of_the_ca_bundle_works() {
    for manner in Manner::BOTH {
        let account = secure_account();
        for source in sources(&account) {
            let token = Caller::new(source.ca_bundle(account.ca_bundle()), manner).token().unwrap();
            assert_eq!(end_to_end::get(&account.greeting_url(), token.expose()), 200);
        }
        assert_only_tls(&account, 3);
    }
}

#[test]
fn each_wrong_certificate_is_refused_by_its_name() {
    let issuer = "the issuing CA is not among the trusted ones";
    let wrong = [
        (ServerCertificate::OtherAuthority, true, issuer),
        (ServerCertificate::Valid, false, issuer),
        (ServerCertificate::WrongName, true, "the certificate is for another name"),
        (ServerCertificate::Expired, true, "this machine's clock is wrong"),
    ];
    for manner in Manner::BOTH {
        let account = secure_account();
        for (certificate, has_bundle, first) in &wrong {
            account.set_certificate(*certificate);
            for source in sources(&account) {
                let source = if *has_bundle { source.ca_bundle(account.ca_bundle()) } else { source };
                let error = Caller::new(source, manner).token().unwrap_err();
                assert_eq!(error.code(), ErrorCode::TlsFailed, "{certificate:?}: {error}");
                assert_eq!(error.attempts(), 1, "no use in trying again: {error}");
                // Where this machine has a proxy set, that it inspects TLS is the better guess.
                let cause = error.causes().iter().find(|cause| !cause.cause.starts_with("a proxy")).unwrap();
                assert!(cause.cause.starts_with(first) && error.to_string().contains(cause.fix), "{certificate:?}: {error}");
            }
        }
        assert_only_tls(&account, 0);
        assert_eq!(account.journal().entries().len(), 0, "nothing was said before the certificate was checked");
    }
}

#[test]
fn a_service_that_speaks_no_tls_is_refused() {
    for manner in Manner::BOTH {
        let account = Account::start();
        let plain_text = [account.metadata_url(), account.iam_url()].map(|url| url.replace("http://", "https://"));
        let sources = [account.vpc().endpoint(&plain_text[0]), account.container().endpoint(&plain_text[1])];
        for source in sources {
            let error = Caller::new(source, manner).token().unwrap_err();
            assert_eq!(error.code(), ErrorCode::TlsFailed, "{error}");
        }
        assert_eq!(account.journal().entries().len(), 0, "no credential went out in the clear");
    }
}
