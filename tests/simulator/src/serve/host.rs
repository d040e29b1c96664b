//! The `Host` header must name this machine or one of the services.
//!
//! Without this check a web page could make a browser resolve its own name to 127.0.0.1 and read
//! tokens from the simulator (DNS rebinding).

use std::net::IpAddr;

use crate::world::World;

const NAMES: [&str; 6] = [
    "localhost",
    "api.metadata.cloud.ibm.com",
    "169.254.169.254",
    "iam.cloud.ibm.com",
    "private.iam.cloud.ibm.com",
    "containers.cloud.ibm.com",
];

/// Whether a request with this `Host` header may be answered.
pub(crate) fn is_allowed(world: &World, host: Option<&str>) -> bool {
    let Some(host) = host else {
        return false;
    };
    let name = without_port(host);
    is_loopback(name)
        || name.to_ascii_lowercase().ends_with(".iaas.cloud.ibm.com")
        || NAMES.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
        || world.is_own_address(host)
        || world.config.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
}

fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
