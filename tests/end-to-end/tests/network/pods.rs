//! Set-ups of pods, good and bad.

use crate::machine::{IAM, Machine};
use crate::scene::{Scene, services, write_token_file};
use serde_json::json;
use simulator::proxy::RecordingProxy;
use simulator::{ServerCertificate, Service, ServiceAccountToken};
use std::fs;
use std::net::Ipv4Addr;

/// An address at which IAM is not.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 9);

/// A pod that names this profile.
fn pod_of(profile: &str) -> Scene {
    Scene::new(json!({ "source": "container", "profile_id": profile })).env("KUBERNETES_SERVICE_HOST", "172.21.0.1")
}

/// A pod with this token, and the services.
fn pod_with(machine: &Machine, change: impl FnOnce(&mut ServiceAccountToken)) -> Scene {
    let account = services(machine);
    write_token_file(&account, change);
    pod_of(&account.seed.pod_profile.id).with(account)
}

/// A pod with a good token, and the services.
fn pod(machine: &Machine) -> Scene {
    pod_with(machine, |_| ())
}

/// The volume with the token was left out of the pod.
pub(crate) fn no_token_file(_: &Machine) -> Scene {
    pod_of("Profile-00000000-0000-4000-8000-000000000000")
}

/// The same in Code Engine.
pub(crate) fn no_token_file_in_code_engine(_: &Machine) -> Scene {
    Scene::new(json!({ "source": "container", "profile_name": "app" })).env("CE_APP", "app")
}

/// The token was made for Vault, and IAM wants its own.
pub(crate) fn wrong_audience(machine: &Machine) -> Scene {
    let scene = pod_with(machine, |token| token.audience = "vault".to_owned());
    scene.account.as_ref().unwrap().set_wanted_audience("iam");
    scene
}

/// The token was not renewed in time.
pub(crate) fn token_ended(machine: &Machine) -> Scene {
    pod_with(machine, |token| token.lifetime_seconds = -60)
}

/// The link names another service account.
pub(crate) fn not_linked(machine: &Machine) -> Scene {
    pod_with(machine, |token| token.service_account = "builder".to_owned())
}

/// IAM's clock is this far from this machine's.
fn skewed(machine: &Machine, seconds: i64) -> Scene {
    let scene = pod(machine);
    let account = scene.account.as_ref().unwrap();
    account.set_clock_skew(Service::Iam, seconds);
    // The cluster's clock is as right as IAM's.
    write_token_file(account, |_| ());
    scene
}

/// This machine's clock is two hours behind.
pub(crate) fn clock_behind(machine: &Machine) -> Scene {
    skewed(machine, 7200)
}

/// This machine's clock is two hours ahead.
pub(crate) fn clock_ahead(machine: &Machine) -> Scene {
    skewed(machine, -7200)
}

/// IAM presents this certificate.
fn presenting(machine: &Machine, certificate: ServerCertificate) -> Scene {
    let scene = pod(machine);
    scene.account.as_ref().unwrap().set_certificate(certificate);
    scene
}

/// Something in between presents a certificate that nobody here trusts.
pub(crate) fn unknown_authority(machine: &Machine) -> Scene {
    presenting(machine, ServerCertificate::OtherAuthority)
}

/// Another host answers.
pub(crate) fn wrong_name(machine: &Machine) -> Scene {
    presenting(machine, ServerCertificate::WrongName)
}

/// The certificate has ended, by this machine's clock.
pub(crate) fn certificate_ended(machine: &Machine) -> Scene {
    presenting(machine, ServerCertificate::Expired)
}

/// A pod that has a token, and nobody who could judge it.
fn pod_alone() -> Scene {
    fs::create_dir_all("/run/secrets/tokens").unwrap();
    fs::write("/run/secrets/tokens/sa-token", "of-no-use-to-anybody").unwrap();
    pod_of("Profile-00000000-0000-4000-8000-000000000000").hasty()
}

/// There is a private endpoint and no way to the public one, which the program asks.
pub(crate) fn private_only(machine: &Machine) -> Scene {
    machine.name("iam.cloud.ibm.com", ELSEWHERE);
    machine.swallow(ELSEWHERE);
    pod_alone()
}

/// The same, and the private one answers.
pub(crate) fn private_there(machine: &Machine) -> Scene {
    let scene = pod(machine);
    fs::write("/etc/hosts", "").unwrap();
    machine.name("private.iam.cloud.ibm.com", IAM);
    machine.name("iam.cloud.ibm.com", ELSEWHERE);
    machine.swallow(ELSEWHERE);
    scene
}

/// The same, and the program asks the private one.
pub(crate) fn private_only_and_asked(machine: &Machine) -> Scene {
    private_there(machine).option("endpoint", "private")
}

/// The public endpoint answers, and the program asks the private one.
pub(crate) fn public_there(machine: &Machine) -> Scene {
    let scene = pod(machine);
    fs::write("/etc/hosts", "").unwrap();
    machine.name("iam.cloud.ibm.com", IAM);
    machine.name("private.iam.cloud.ibm.com", ELSEWHERE);
    machine.swallow(ELSEWHERE);
    scene.option("endpoint", "private")
}

/// The private endpoint, from outside of its network.
pub(crate) fn public_only(machine: &Machine) -> Scene {
    machine.name("private.iam.cloud.ibm.com", ELSEWHERE);
    machine.swallow(ELSEWHERE);
    pod_alone().option("endpoint", "private")
}

/// Nothing listens where IAM should be.
pub(crate) fn nobody_listens(machine: &Machine) -> Scene {
    machine.name("iam.cloud.ibm.com", ELSEWHERE);
    machine.address(ELSEWHERE);
    pod_alone()
}

/// No name server knows IAM.
pub(crate) fn name_unknown(_: &Machine) -> Scene {
    pod_alone()
}

/// No name server answers.
pub(crate) fn name_server_silent(machine: &Machine) -> Scene {
    machine.silence_name_server();
    pod_alone()
}

/// A proxy is set, and lets nobody through.
pub(crate) fn proxy_in_the_way(_: &Machine) -> Scene {
    let proxy = RecordingProxy::start().unwrap();
    let mut scene = pod_alone().env("HTTPS_PROXY", proxy.url());
    scene.proxy = Some(proxy);
    scene
}
