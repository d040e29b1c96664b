//! The machine that a case runs on: its network, its files, the names it knows and the certificates
//! it trusts.

use end_to_end::isolation::{self, assert_isolated};
use rustix::mount::{MountFlags, mount, mount_bind_recursive};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::{chroot, symlink};
use std::path::Path;
use std::process::Command;

/// Where the metadata service is.
pub(crate) const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// Where these machines find IAM: an address that no network has (RFC 2544).
pub(crate) const IAM: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 1);
/// Whatever is sent to this address vanishes, once there is a hole.
const HOLE: Ipv4Addr = Ipv4Addr::new(198, 19, 0, 2);

/// Proof that this process is alone with its network and its root directory.
pub(crate) struct Machine(());

impl Machine {
    /// Makes the namespaces that this process was started in a machine. Nothing is in reach yet but
    /// the machine itself.
    pub(crate) fn enter() -> Self {
        let routes = fs::read_to_string("/proc/self/net/route").unwrap();
        assert!(routes.lines().count() <= 1, "this network is not a new one: {routes}");
        assert_isolated();
        own_root();
        ip("link set lo up");
        Self(())
    }

    /// Gives this machine an address.
    pub(crate) fn address(&self, address: Ipv4Addr) {
        ip(&format!("addr add {address}/32 dev lo"));
    }

    /// Has a name resolve to an address.
    pub(crate) fn name(&self, name: &str, address: Ipv4Addr) {
        let mut hosts = OpenOptions::new().append(true).open("/etc/hosts").unwrap();
        writeln!(hosts, "{address} {name}").unwrap();
    }

    /// Trusts an authority as the whole system does.
    pub(crate) fn trust(&self, authority: &str) {
        fs::write("/etc/ssl/certs/ca-certificates.crt", authority).unwrap();
    }

    /// From here on, what is sent to `address` vanishes without an answer.
    pub(crate) fn swallow(&self, address: Ipv4Addr) {
        self.dig_hole();
        ip(&format!("route add {address}/32 via {HOLE}"));
    }

    /// From here on, the name server takes questions and never answers.
    pub(crate) fn silence_name_server(&self) {
        self.dig_hole();
        fs::write("/etc/resolv.conf", format!("nameserver {HOLE}\n")).unwrap();
    }

    /// A cable whose other end takes no packets: they are addressed to a card that does not exist.
    fn dig_hole(&self) {
        if Path::new("/proc/sys/net/ipv4/conf/sim-hole").exists() {
            return;
        }
        for command in [
            "link add sim-hole type veth peer name sim-end",
            "addr add 198.19.0.1/24 dev sim-hole",
            "link set sim-hole up",
            "link set sim-end up",
            &format!("neigh add {HOLE} lladdr 02:00:00:00:00:02 dev sim-hole"),
        ] {
            ip(command);
        }
    }
}

/// Runs `ip` with these arguments.
pub(crate) fn ip(arguments: &str) {
    run(Command::new("ip").args(arguments.split_whitespace()));
}

/// Runs a program that has to succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Everything of the outer machine, but with `/etc` and `/run` of its own, so that no name, no
/// certificate and no sign of a container is that of the machine the tests happen to run on.
fn own_root() {
    let root = Path::new("/run");
    mount("tmpfs", root, "tmpfs", MountFlags::empty(), None).unwrap();
    for entry in fs::read_dir("/").unwrap() {
        let entry = entry.unwrap();
        let (source, target, kind) = (entry.path(), root.join(entry.file_name()), entry.file_type().unwrap());
        if kind.is_symlink() {
            symlink(fs::read_link(source).unwrap(), target).unwrap();
        } else if kind.is_dir() {
            fs::create_dir(&target).unwrap();
            if !["/etc", "/run"].map(Path::new).contains(&source.as_path()) {
                mount_bind_recursive(&source, &target).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
            }
        }
    }
    let etc = root.join("etc");
    fs::create_dir_all(etc.join("ssl/certs")).unwrap();
    fs::write(etc.join("hosts"), "127.0.0.1 localhost\n").unwrap();
    fs::write(etc.join("nsswitch.conf"), "hosts: files dns\n").unwrap();
    // Nobody listens there.
    fs::write(etc.join("resolv.conf"), "nameserver 127.0.0.1\n").unwrap();
    // Where programs find their libraries, on systems that keep them elsewhere than usual.
    if Path::new("/etc/ld.so.cache").exists() {
        fs::copy("/etc/ld.so.cache", etc.join("ld.so.cache")).unwrap();
    }
    chroot(root).unwrap();
    std::env::set_current_dir("/").unwrap();
    assert!(fs::read_dir("/run").unwrap().next().is_none() && !isolation::network().is_empty(), "this root is not a new one");
}
