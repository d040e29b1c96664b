//! Set-ups of instances and of containers on them, good and bad.

use crate::machine::{METADATA, Machine, ip};
use crate::neighbour::Neighbour;
use crate::scene::{Scene, services};
use serde_json::json;
use simulator::{Protocol, ServerCertificate, Service};
use std::fs;

fn instance() -> Scene {
    Scene::new(json!({ "source": "vpc_instance" }))
}

/// The metadata service is off: it gives no answer at all.
pub(crate) fn switched_off(machine: &Machine) -> Scene {
    machine.name("api.metadata.cloud.ibm.com", METADATA);
    machine.swallow(METADATA);
    instance().hasty()
}

/// The same, asked from a container that is in the host's network.
pub(crate) fn switched_off_in_a_container(machine: &Machine) -> Scene {
    mark_as_container();
    switched_off(machine)
}

/// The same, asked by a pod for the identity of its node.
pub(crate) fn asked_by_a_pod(machine: &Machine) -> Scene {
    switched_off(machine).env("KUBERNETES_SERVICE_HOST", "172.21.0.1")
}

fn mark_as_container() {
    fs::write("/run/.containerenv", "").unwrap();
}

/// A container behind its host's bridge, when answers of the metadata service may be passed on once.
pub(crate) fn hop_limit_1(machine: &Machine) -> Scene {
    mark_as_container();
    let mut scene = routed(machine, 1).hasty();
    scene.neighbours.reverse();
    scene
}

/// The same when they may be passed on twice.
pub(crate) fn hop_limit_2(machine: &Machine) -> Scene {
    mark_as_container();
    let mut scene = routed(machine, 2);
    scene.neighbours.reverse();
    scene
}

/// The host of such a container, which is reached in any case.
pub(crate) fn hop_limit_1_on_the_host(machine: &Machine) -> Scene {
    routed(machine, 1)
}

/// The services on this machine, whose answers live for so many hops; an instance beside it; and
/// behind that a container.
fn routed(machine: &Machine, hops: u8) -> Scene {
    let account = services(machine);
    let (host, container) = (Neighbour::new(), Neighbour::new());
    ip(&format!("link add sim-host type veth peer name sim-services netns {}", host.id()));
    ip("addr add 198.18.1.1/32 peer 198.18.1.2 dev sim-host");
    ip("link set sim-host up");
    host.run("ip link set lo up");
    host.run("ip addr add 198.18.1.2/32 peer 198.18.1.1 dev sim-services");
    host.run("ip link set sim-services up");
    host.run(&format!("ip route add {METADATA} via 198.18.1.1"));
    host.run(&format!("ip link add sim-inner type veth peer name sim-outer netns {}", container.id()));
    host.run("ip addr add 198.18.2.1/32 peer 198.18.2.2 dev sim-inner");
    host.run("ip link set sim-inner up");
    host.forward();
    container.run("ip link set lo up");
    container.run("ip addr add 198.18.2.2/32 peer 198.18.2.1 dev sim-outer");
    container.run("ip link set sim-outer up");
    container.run(&format!("ip route add {METADATA} via 198.18.2.1"));
    ip(&format!("route change 198.18.1.2 dev sim-host src 198.18.1.1 hoplimit {hops}"));
    ip(&format!("route add 198.18.2.2 via 198.18.1.2 hoplimit {hops}"));
    let mut scene = instance().with(account);
    scene.neighbours = vec![host, container];
    scene
}

/// Nothing listens at the address.
pub(crate) fn nobody_listens(machine: &Machine) -> Scene {
    machine.address(METADATA);
    machine.name("api.metadata.cloud.ibm.com", METADATA);
    instance().trying_twice()
}

/// A rule of this machine forbids it to send anything there.
pub(crate) fn forbidden(machine: &Machine) -> Scene {
    machine.name("api.metadata.cloud.ibm.com", METADATA);
    ip(&format!("route add prohibit {METADATA}"));
    instance().trying_twice()
}

/// A machine without any network.
pub(crate) fn no_route(_: &Machine) -> Scene {
    instance().trying_twice()
}

/// Secure access is on, and the program insists on http.
pub(crate) fn https_only(machine: &Machine) -> Scene {
    let account = services(machine);
    account.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    instance().with(account).option("protocol", "http").trying_twice()
}

/// Secure access is off, and the program insists on https.
pub(crate) fn http_only(machine: &Machine) -> Scene {
    instance().with(services(machine)).option("protocol", "https").trying_twice()
}

/// No name server knows the service's name.
pub(crate) fn name_unknown(_: &Machine) -> Scene {
    instance().option("protocol", "https").hasty()
}

/// No name server answers.
pub(crate) fn name_server_silent(machine: &Machine) -> Scene {
    machine.silence_name_server();
    instance().option("protocol", "https").hasty()
}

/// No name server answers, and none has to: http needs no name.
pub(crate) fn name_server_silent_but_http(machine: &Machine) -> Scene {
    let scene = instance().with(services(machine));
    fs::write("/etc/hosts", "").unwrap();
    machine.silence_name_server();
    scene
}

/// Secure access with this certificate.
fn secure(machine: &Machine, certificate: ServerCertificate) -> Scene {
    let account = services(machine);
    account.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    account.set_certificate(certificate);
    instance().with(account)
}

/// The certificate is signed by nobody whom this machine trusts.
pub(crate) fn unknown_authority(machine: &Machine) -> Scene {
    secure(machine, ServerCertificate::OtherAuthority)
}

/// The certificate is another host's.
pub(crate) fn wrong_name(machine: &Machine) -> Scene {
    secure(machine, ServerCertificate::WrongName)
}

/// The certificate has ended, by this machine's clock.
pub(crate) fn certificate_ended(machine: &Machine) -> Scene {
    secure(machine, ServerCertificate::Expired)
}

/// The certificate has not begun, by this machine's clock.
pub(crate) fn certificate_not_begun(machine: &Machine) -> Scene {
    secure(machine, ServerCertificate::NotYetValid)
}

/// The service's clock is two hours ahead of this machine's.
pub(crate) fn clock_behind(machine: &Machine) -> Scene {
    let account = services(machine);
    account.set_clock_skew(Service::Metadata, 7200);
    instance().with(account)
}

/// The profile exists, and is not linked to this instance.
pub(crate) fn not_linked(machine: &Machine) -> Scene {
    let account = services(machine);
    let stranger = account.create_profile("not linked");
    instance().with(account).option("profile_id", &stranger.id)
}

/// The instance has no default trusted profile, and the program names none.
pub(crate) fn no_default_profile(machine: &Machine) -> Scene {
    let account = services(machine);
    account.update_primary_instance(|settings| settings.default_trusted_profile = None);
    instance().with(account)
}
