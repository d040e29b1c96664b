//! Nothing is set, and everything that could lead a token astray is: six proxy variables and a
//! `.netrc`. The tokens come from the right places, and nobody else hears of them.

use crate::apart;
use crate::machine::Machine;
use crate::scene::{Scene, services, write_token_file};
use end_to_end::{Account, get};
use serde_json::{Value, json};
use simulator::proxy::RecordingProxy;
use simulator::{Protocol, Service};
use std::fs;

const PROXIES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// A scene in which whoever obeys the environment is led astray.
fn astray(account: Account, proxy: &RecordingProxy) -> Scene {
    let home = account.scratch();
    let mut netrc = "default login mallory password stolen\n".to_owned();
    for host in ["169.254.169.254", "api.metadata.cloud.ibm.com", "iam.cloud.ibm.com", "private.iam.cloud.ibm.com"] {
        netrc.insert_str(0, &format!("machine {host} login mallory password stolen\n"));
    }
    fs::write(home.join(".netrc"), netrc).unwrap();
    let scene = Scene::new(json!({})).with(account).env("HOME", home.display().to_string());
    PROXIES.into_iter().fold(scene, |scene, name| scene.env(name, proxy.url()))
}

/// What the task of the test's program showed.
fn done(scene: &Scene, task: &str) -> Value {
    let outcome = scene.program(env!("CARGO_BIN_EXE_program"), &[task]).run();
    assert!(outcome.succeeded, "{}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// The proxy saw the control requests, which shows that it would have seen others, and no others.
fn assert_unseen(proxy: &RecordingProxy) {
    let seen: Vec<(String, String)> = proxy.recorded().into_iter().map(|seen| (seen.method, seen.target)).collect();
    let control = [("GET", "http://control.example/"), ("CONNECT", "control.example:443")];
    assert_eq!(seen, control.map(|(method, target)| (method.to_owned(), target.to_owned())));
}

/// Each of `tokens` opens what only a token of this account opens.
fn assert_tokens_serve(account: &Account, tokens: &[&str]) {
    for token in tokens {
        assert_eq!(get(&account.greeting_url(), token), 200);
    }
}

/// An instance's two tokens and one metadata read in both manners, over the protocol that the
/// instance was given.
fn assert_instance_is_served(machine: &Machine, protocol: Protocol) {
    let account = services(machine);
    account.update_primary_instance(|settings| settings.protocol = protocol);
    let proxy = RecordingProxy::start().unwrap();
    let scene = astray(account, &proxy);
    let shown = done(&scene, "instance");
    let account = scene.account.as_ref().unwrap();
    assert_unseen(&proxy);
    for manner in ["async", "blocking"] {
        assert_eq!(shown[manner]["default_trusted_profile"], account.seed.instance_profile.id.as_str());
    }
    let text = |manner: &str, name: &str| shown[manner][name].as_str().unwrap().to_owned();
    let expected = ["async", "blocking"].map(|manner| (text(manner, "token"), format!("Bearer {}", text(manner, "identity"))));
    assert_tokens_serve(account, &expected.each_ref().map(|(token, _)| token.as_str()));

    // Before an identity token there is nothing to show; every other request shows exactly that one.
    let entries = account.journal().entries();
    let mut came: Vec<_> = entries
        .iter()
        .filter(|entry| entry.service == Service::Metadata)
        .inspect(|entry| assert_eq!(entry.tls, protocol == Protocol::Https, "{entry:?}"))
        .map(|entry| (entry.method.as_str(), entry.path.as_str(), entry.header("authorization")))
        .collect();
    // On a busy machine a request may be given up and sent again.
    came.dedup();
    let [of_tasks, of_threads] = expected.each_ref().map(|(_, authorization)| Some(authorization.as_str()));
    let read = |authorization| ("GET", "/metadata/v1/instance/initialization", authorization);
    let identity = ("PUT", "/identity/v1/token", None);
    let token = |authorization| ("POST", "/identity/v1/iam_tokens", authorization);
    assert_eq!(came, [identity, token(of_tasks), read(of_tasks), identity, token(of_threads), read(of_threads)]);
}

#[test]
fn an_instance_over_http() {
    apart::each("real_addresses::an_instance_over_http", &["http"], |_, machine| assert_instance_is_served(machine, Protocol::Http));
}

#[test]
fn an_instance_with_secure_access() {
    let run = |_: &str, machine: &Machine| assert_instance_is_served(machine, Protocol::Https);
    apart::each("real_addresses::an_instance_with_secure_access", &["https"], run);
}

/// A pod with its token in the default place, at the public endpoint without proxies, or at the
/// private one in spite of them.
#[test]
fn a_pod_at_either_endpoint() {
    apart::each("real_addresses::a_pod_at_either_endpoint", &["public", "private"], |endpoint, machine| {
        let account = services(machine);
        write_token_file(&account, |_| ());
        let profile = account.seed.pod_profile.id.clone();
        let proxy = RecordingProxy::start().unwrap();
        let (scene, host) = match endpoint {
            "private" => (astray(account, &proxy).env("ENDPOINT", "private"), "private.iam.cloud.ibm.com"),
            _ => (Scene::new(json!({})).with(account), "iam.cloud.ibm.com"),
        };
        let scene = scene.env("PROFILE_ID", profile).env("KUBERNETES_SERVICE_HOST", "172.21.0.1");
        let shown = done(&scene, "pod");
        let account = scene.account.as_ref().unwrap();
        if endpoint == "private" {
            assert_unseen(&proxy);
        }
        let tokens: Vec<&str> = shown["tokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap()).collect();
        assert_tokens_serve(account, &tokens);
        let entries = account.journal().matching(Service::Iam, "POST", "/identity/token");
        assert!(entries.len() >= 2);
        for entry in entries {
            assert!(entry.tls && entry.header("host") == Some(host) && entry.header("authorization").is_none(), "{entry:?}");
        }
    });
}
