//! From what was found to checks.

use super::Doctor;
use super::probe::{Presented, Probe};
use super::report::{Check, Remedy, Report};
use super::token_file::Judged;
use crate::error::{Error, ErrorCode, TransportErrorKind};
use crate::time::Now;
use crate::token::{Slot, Source};
use crate::wire::Redactor;

/// A certificate that ends this soon is worth a word, in seconds.
const SOON: i64 = 7 * 86_400;
const FAILED_BEFORE: &str = "something before it failed";

impl Doctor {
    pub(super) fn report(&self, now: Now) -> Report {
        let error = self.outcomes.iter().find_map(|(_, outcome)| outcome.as_ref().err().cloned());
        let chosen = std::iter::once(format!("{}, since {}", self.source, self.reason)).chain(self.remarks.iter().cloned());
        let mut checks = vec![self.environment(), Check::pass("source", chosen.collect::<Vec<_>>().join("\n"))];
        checks.extend(self.token_file_check(error.as_ref()));
        checks.extend(self.way_checks(now, error.as_ref()));
        checks.extend(self.clock());
        for slot in self.machine.chain() {
            checks.extend(self.link(slot));
            checks.push(self.token(slot));
        }
        Report { checks, error }
    }

    fn environment(&self) -> Check {
        let facts = &self.facts;
        let said = |what: &str, is: Option<bool>| {
            let answer = is.map_or("not known", |is| if is { "yes" } else { "no" });
            format!("{what}: {answer}")
        };
        let machine = format!("{} on {}", facts.os.as_deref().unwrap_or("some system"), facts.arch.as_deref().unwrap_or("some processor"));
        let rest = [
            said("container", facts.container),
            said("Kubernetes", facts.kubernetes),
            said("Code Engine", facts.code_engine),
            said("proxy variables", facts.proxy_set),
        ];
        Check::pass("environment", format!("{machine}; {}", rest.join(", ")))
    }

    fn token_file_check(&self, error: Option<&Error>) -> Option<Check> {
        let unavailable = error.filter(|error| error.code() == ErrorCode::CrTokenUnavailable);
        let Some(file) = &self.token_file else {
            return unavailable.map(|error| Check::fail("token_file", error.message(), Remedy::of(error)));
        };
        let is_taken = self.outcomes.iter().any(|(slot, outcome)| *slot == Slot::Iam && outcome.is_ok());
        let is_refused = error.is_some_and(|error| error.status().is_some_and(|status| (400..500).contains(&status)));
        let judged = match (is_taken, is_refused) {
            (true, _) => Judged::Taken,
            (false, true) => Judged::Refused,
            (false, false) => Judged::NotYet,
        };
        let check = file.check(judged);
        Some(match unavailable {
            Some(error) => Check::fail("token_file", check.found, Remedy::of(error)),
            None => check,
        })
    }

    /// The way to the last service that was tried: its name, the route, the port, the protocol.
    fn way_checks(&self, now: Now, error: Option<&Error>) -> Vec<Check> {
        let probe = self.tried();
        let is_metadata = probe.map_or_else(|| self.machine.is_metadata(Slot::Iam), |probe| probe.is_metadata);
        let names: &[&'static str] = match self.source {
            Source::External | Source::Bearer(_) => &[],
            _ if is_metadata => &["dns", "route", "hop_limit", "port", "protocol", "tls"],
            _ => &["dns", "route", "port", "tls"],
        };
        let Some(probe) = probe else {
            let why = if error.is_some_and(|error| error.code() == ErrorCode::CrTokenUnavailable) {
                FAILED_BEFORE
            } else {
                "a proxy variable is set, so that only the request shows"
            };
            return names.iter().map(|name| Check::not_reached(name, why)).collect();
        };
        let other = self.probes.iter().find(|other| other.is_elsewhere && other.is_connected);
        let way = Way { probe, other, doctor: self, error };
        names.iter().map(|name| way.check(name, now)).collect()
    }

    /// The way that was tried last.
    fn tried(&self) -> Option<&Probe> {
        self.probes.iter().rev().find(|probe| !probe.is_elsewhere)
    }

    fn clock(&self) -> Option<Check> {
        const NAME: &str = "clock";
        if matches!(self.source, Source::External | Source::Bearer(_)) {
            return None;
        }
        Some(match self.machine.status().clock_skew_seconds {
            None => Check::not_reached(NAME, "no service told its time"),
            Some(skew) if skew.unsigned_abs() <= 60 => Check::pass(NAME, format!("{skew} s from the service's")),
            Some(skew) => {
                let direction = if skew > 0 { "ahead of" } else { "behind" };
                let cause = format!("this machine's clock is {} s {direction} the service's", skew.unsigned_abs());
                Check::fail(NAME, "more than a minute off", vec![Remedy::new(cause, "set the clock (chrony, timedatectl)")])
            }
        })
    }

    fn token(&self, slot: Slot) -> Check {
        let name = match slot {
            Slot::Identity => "identity_token",
            Slot::Iam => "iam_token",
            Slot::Assumed => "assumed_token",
        };
        let Some((_, outcome)) = self.outcomes.iter().find(|(done, _)| *done == slot) else {
            return Check::not_reached(name, FAILED_BEFORE);
        };
        match outcome {
            Ok(token) => {
                let claims = token.unverified_claims();
                let whose =
                    claims.as_ref().and_then(|claims| claims.iam_id()).map_or_else(String::new, |id| format!(" for {id} (unverified)"));
                Check::pass(name, format!("there is one{whose}"))
            }
            Err(error) if self.is_before_the_answer(error) => Check::not_reached(name, FAILED_BEFORE),
            Err(error) if is_about_the_link(error) && self.is_linked(slot) => Check::not_reached(name, FAILED_BEFORE),
            Err(error) => Check::fail(name, said(error), Remedy::of(error)),
        }
    }

    /// Whether a link or claim rule of the profile lets this compute resource in.
    fn link(&self, slot: Slot) -> Option<Check> {
        const NAME: &str = "link";
        if !self.is_linked(slot) {
            return None;
        }
        let outcome = self.outcomes.iter().find(|(done, _)| *done == slot);
        Some(match outcome {
            Some((_, Ok(_))) => Check::pass(NAME, "a link or claim rule of the profile lets this machine in"),
            Some((_, Err(error))) if is_about_the_link(error) => Check::fail(NAME, said(error), Remedy::of(error)),
            Some((_, Err(_))) => Check::not_reached(NAME, "the service said nothing of it"),
            None => Check::not_reached(NAME, FAILED_BEFORE),
        })
    }

    /// Whether the token of `slot` depends on a link of the compute resource.
    fn is_linked(&self, slot: Slot) -> bool {
        let base = match &self.source {
            Source::Assume(assume) => &assume.base,
            source => source,
        };
        slot == Slot::Iam && matches!(base, Source::VpcInstance(_) | Source::BareMetal(_) | Source::Container(_))
    }

    /// Whether some check before the token's own has this failure.
    fn is_before_the_answer(&self, error: &Error) -> bool {
        let on_the_way = self.tried().is_some_and(|probe| probe.failure().is_some());
        error.code() == ErrorCode::CrTokenUnavailable || (on_the_way && error.status().is_none())
    }
}

fn is_about_the_link(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::ProfileNotLinked | ErrorCode::ProfileNotEligible | ErrorCode::NoDefaultProfile)
}

/// What an error says, with its notes and without its causes.
fn said(error: &Error) -> String {
    std::iter::once(headline(error)).chain(error.notes().iter().cloned()).collect::<Vec<_>>().join("\n")
}

fn headline(error: &Error) -> String {
    match error.service() {
        Some(service) => format!("{}: {}; the service said: {service}", error.code().as_str(), error.message()),
        None => format!("{}: {}", error.code().as_str(), error.message()),
    }
}

/// The way to a service, as checks.
struct Way<'a> {
    probe: &'a Probe,
    /// The service by its other protocol or endpoint, if that would do.
    other: Option<&'a Probe>,
    doctor: &'a Doctor,
    error: Option<&'a Error>,
}

impl Way<'_> {
    fn check(&self, name: &'static str, now: Now) -> Check {
        let probe = self.probe;
        let failing = probe.failure().map(|failure| self.check_of(failure.kind));
        if failing == Some(name) {
            return Check::fail(name, self.failures(now), self.remedies());
        }
        let unseen = if failing.is_some() { FAILED_BEFORE } else { "cannot be seen from here" };
        match name {
            "dns" => match &probe.addresses {
                Some(addresses) => Check::pass(name, format!("{} is {}", probe.host, addresses.join(", "))),
                None if probe.is_address() => Check::pass(name, self.address_only()),
                None => Check::not_reached(name, unseen),
            },
            // Whatever came of it, the attempt to connect was sent.
            "route" if probe.is_connected || !matches!(failing, None | Some("dns")) => {
                Check::pass(name, format!("there is one to {}", probe.host))
            }
            "hop_limit" if probe.is_connected => Check::pass(name, "answers come back"),
            "port" if probe.is_connected => Check::pass(name, format!("{} accepts connections", probe.port)),
            "protocol" if probe.is_connected => Check::pass(name, if probe.is_tls { "https (secure access)" } else { "http" }),
            "tls" if !probe.is_tls => Check::not_reached(name, "http has no certificate"),
            "tls" => match &probe.certificate {
                Some(presented) => Check::pass(name, shown(presented, now)),
                None => Check::not_reached(name, unseen),
            },
            _ => Check::not_reached(name, unseen),
        }
    }

    /// An address needs no name, though one may have been tried before.
    fn address_only(&self) -> String {
        let is_dns = |probe: &&Probe| probe.failure().is_some_and(|failure| failure.kind == TransportErrorKind::Dns);
        let unknown = self.doctor.probes.iter().find(is_dns).map_or_else(String::new, |probe| format!("; {} does not resolve", probe.host));
        format!("not needed for {}{unknown}", self.probe.host)
    }

    /// What failed on every way that was tried, the last one first.
    fn failures(&self, now: Now) -> String {
        let tried = self.doctor.probes.iter().rev().filter(|probe| !probe.is_elsewhere && probe.is_metadata == self.probe.is_metadata);
        let failures = tried.filter_map(|probe| Some(format!("{}: {}", probe.shown(), probe.failure()?)));
        // Whose certificate it is tells a proxy that inspects TLS from a wrong address.
        let presented = self.probe.certificate.as_ref().map(|presented| format!("the certificate is {}", shown(presented, now)));
        failures.chain(presented).collect::<Vec<_>>().join("\n")
    }

    /// The check that a failure belongs to.
    fn check_of(&self, kind: TransportErrorKind) -> &'static str {
        let is_metadata = self.probe.is_metadata;
        let in_container = self.doctor.facts.container == Some(true) || self.doctor.facts.kubernetes == Some(true);
        match kind {
            TransportErrorKind::Dns => "dns",
            TransportErrorKind::Tls(_) => "tls",
            kind if is_metadata && self.other.is_some() && kind.is_before_connection() => "protocol",
            TransportErrorKind::Unreachable => "route",
            TransportErrorKind::ConnectTimeout if is_metadata && in_container => "hop_limit",
            _ => "port",
        }
    }

    /// What would help: certainly the other way, if that is open; else the usual causes by their rank.
    fn remedies(&self) -> Vec<Remedy> {
        let Some(other) = self.other else { return self.error.map(Remedy::of).unwrap_or_default() };
        let (cause, fix) = match (other.is_metadata, other.is_tls, other.host.as_str()) {
            (true, true, _) => {
                ("secure access is on: the metadata service speaks https only", "leave protocol at auto, or set it to https")
            }
            (true, false, _) => {
                ("secure access is off: the metadata service speaks http only", "leave protocol at auto, or set it to http")
            }
            (false, _, "iam.cloud.ibm.com") => (
                "IAM's private endpoint cannot be reached from this network, but the public one can",
                "set endpoint to public, or create an endpoint gateway for IAM",
            ),
            (false, ..) => (
                "this network has no way out to IAM's public endpoint, but the private one can be reached",
                "set endpoint to private, or attach a public gateway or floating IP",
            ),
        };
        vec![Remedy::new(cause, fix)]
    }
}

fn shown(presented: &Presented, now: Now) -> String {
    const DAY: i64 = 86_400;
    let now = i64::try_from(now.unix.as_secs()).unwrap_or(i64::MAX);
    let (begins, left) = (presented.not_before.saturating_sub(now), presented.not_after.saturating_sub(now));
    let validity = match (begins, left) {
        (1.., _) => format!("begins in {} days", begins.div_euclid(DAY)),
        (_, ..=0) => format!("ended {} days ago", left.saturating_neg().div_euclid(DAY)),
        (_, ..SOON) => format!("ends in {} days, which is soon", left.div_euclid(DAY)),
        _ => format!("ends in {} days", left.div_euclid(DAY)),
    };
    // The text is the server's.
    Redactor::default().excerpt(&format!("for {}, issued by {}, {validity}", presented.names.join(", "), presented.issuer))
}
