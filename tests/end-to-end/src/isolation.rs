//! When a program of these tests may call the services' real addresses: only in a network that a
//! test has made, where nothing but the simulator can answer.

use std::fs;

/// How the interfaces of such a network are named.
pub const INTERFACES: &str = "sim-";

/// The variable that says which network namespace lies outside.
pub const OUTSIDE: &str = "NETWORK_OUTSIDE";

/// The network namespace of this process.
#[must_use]
pub fn network() -> String {
    fs::read_link("/proc/self/ns/net").unwrap().display().to_string()
}

/// Stops whoever is about to call a real address in a network that is not a test's own.
///
/// # Panics
/// If this process is where its test was started, or a route leads out.
pub fn assert_isolated() {
    let outside = std::env::var(OUTSIDE).unwrap_or_default();
    assert!(!outside.is_empty() && outside != network(), "only a test of real addresses may start this, in a network of its own");
    let routes = fs::read_to_string("/proc/self/net/route").unwrap();
    // Absent where the kernel has no IPv6.
    let routes6 = fs::read_to_string("/proc/self/net/ipv6_route").unwrap_or_default();
    let ways_out = ways_out(&routes, &routes6);
    assert!(ways_out.is_empty(), "this network has a way out: {ways_out:?}");
}

/// The routes that lead through an interface that no test has made, and default routes.
fn ways_out<'a>(routes: &'a str, routes6: &'a str) -> Vec<&'a str> {
    // A route that only says no leads through `*`.
    let is_ours = |interface: &str| matches!(interface, "lo" | "*") || interface.starts_with(INTERFACES);
    let column = |line: &'a str, number: usize| line.split_whitespace().nth(number).unwrap_or_default();
    let fourth = routes.lines().skip(1).filter(|line| !is_ours(column(line, 0)) || column(line, 7) == "00000000");
    // The kernel's own default route of IPv6 leads to `lo`, and rejects.
    let sixth = routes6.lines().filter(|line| !is_ours(column(line, 9)) || (column(line, 1) == "00" && column(line, 9) != "lo"));
    fourth.chain(sixth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    const ANY: &str = "00000000000000000000000000000000";

    fn fourth(interface: &str, mask: &str) -> String {
        format!("{HEAD}{interface}\t00000000\t00000000\t0001\t0\t0\t0\t{mask}\t0\t0\t0\n")
    }

    fn sixth(length: &str, interface: &str) -> String {
        format!("{ANY} {length} {ANY} 00 {ANY} 00000100 00000001 00000000 00000001 {interface:>8}\n")
    }

    #[test]
    fn a_network_of_a_test_has_no_way_out() {
        assert!(ways_out(HEAD, "").is_empty());
        assert!(ways_out(&fourth("sim-a", "00FFFFFF"), &(sixth("40", "sim-a") + &sixth("00", "lo"))).is_empty());
    }

    #[test]
    fn every_other_route_is_a_way_out() {
        for routes in [fourth("eth0", "00FFFFFF"), fourth("sim-a", "00000000")] {
            assert_eq!(ways_out(&routes, "").len(), 1, "{routes}");
        }
        for routes in [sixth("40", "eth0"), sixth("00", "sim-a")] {
            assert_eq!(ways_out(HEAD, &routes).len(), 1, "{routes}");
        }
    }
}
