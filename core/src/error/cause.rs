//! Ranked causes: which of the usual reasons fit this case.

use crate::wire::{Member, Members};
use serde::de::DeserializeSeed as _;
use serde::{Deserialize, Deserializer};

/// A likely reason and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// All of these must hold for the cause to be shown.
    pub when: &'static [Condition],
    /// The reason, in plain words.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// A fact of the case or of the machine that makes a cause likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of core/spec/errors.json and say it all")]
pub enum Condition {
    Metadata,
    Private,
    Public,
    CrToken,
    OtherAudience,
    OneProtocol,
    OwnEndpoint,
    HttpsLate,
    Dns,
    Refused,
    Unreachable,
    Timeout,
    Interrupted,
    TlsExpired,
    TlsName,
    TlsUnknownIssuer,
    Html,
    Container,
    MaybeContainer,
    Kubernetes,
    NotKubernetes,
    CodeEngine,
    NotCodeEngine,
    ProxySet,
    S390x,
    Windows,
    TokenForm,
    TokenKey,
    TokenSignature,
    TokenTime,
    TokenIdentity,
}

/// What a wrapper knows of the machine it runs on; the core cannot look. `None` means not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Inside a container (`/.dockerenv`, `/run/.containerenv`, cgroup names).
    pub container: Option<bool>,
    /// Inside a Kubernetes pod (`KUBERNETES_SERVICE_HOST`).
    pub kubernetes: Option<bool>,
    /// Inside Code Engine (`CE_APP`, `CE_JOB`, `CE_FUNCTION`).
    pub code_engine: Option<bool>,
    /// A proxy variable is set.
    pub proxy_set: Option<bool>,
    /// Machine architecture as Rust names it, such as `x86_64` or `s390x`.
    pub arch: Option<String>,
    /// Operating system as Rust names it, such as `linux` or `windows`.
    pub os: Option<String>,
}

impl Members for Facts {
    fn title(&self) -> &'static str {
        "struct Facts"
    }

    fn members(&mut self) -> Vec<(&'static str, Member<'_>)> {
        vec![
            ("container", Member::MaybeFlag(&mut self.container)),
            ("kubernetes", Member::MaybeFlag(&mut self.kubernetes)),
            ("code_engine", Member::MaybeFlag(&mut self.code_engine)),
            ("proxy_set", Member::MaybeFlag(&mut self.proxy_set)),
            ("arch", Member::MaybeText(&mut self.arch)),
            ("os", Member::MaybeText(&mut self.os)),
        ]
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut facts = Self::default();
        Member::Object(&mut facts).deserialize(deserializer)?;
        Ok(facts)
    }
}

impl Facts {
    /// The conditions that hold on this machine.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let in_pod = self.kubernetes == Some(true) || self.code_engine == Some(true);
        [
            (self.container == Some(true) || in_pod, Condition::Container),
            (self.container.is_none() && !in_pod, Condition::MaybeContainer),
            (self.kubernetes == Some(true), Condition::Kubernetes),
            (self.kubernetes != Some(true), Condition::NotKubernetes),
            (self.code_engine == Some(true), Condition::CodeEngine),
            (self.code_engine != Some(true), Condition::NotCodeEngine),
            (self.proxy_set == Some(true), Condition::ProxySet),
            (self.arch.as_deref() == Some("s390x"), Condition::S390x),
            (self.os.as_deref() == Some("windows"), Condition::Windows),
        ]
        .into_iter()
        .filter_map(|(holds, condition)| holds.then_some(condition))
        .collect()
    }
}

/// The causes whose conditions all hold, in the order of the list.
pub(super) fn rank(causes: &[Cause], conditions: &[Condition]) -> Vec<Cause> {
    causes.iter().filter(|cause| cause.when.iter().all(|c| conditions.contains(c))).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn first(facts: &Facts, more: &[Condition]) -> &'static str {
        let mut conditions = facts.conditions();
        conditions.extend_from_slice(more);
        rank(ErrorCode::MetadataUnreachable.causes(), &conditions).first().unwrap().cause
    }

    #[test]
    fn the_machine_decides_the_rank() {
        let silent = [Condition::Timeout];
        assert!(first(&Facts::default(), &silent).contains("is off"));
        assert!(first(&Facts { container: Some(true), ..Facts::default() }, &silent).contains("hop limit"));
        assert!(first(&Facts { kubernetes: Some(true), ..Facts::default() }, &silent).contains("pod"));
        assert!(first(&Facts { arch: Some("s390x".into()), ..Facts::default() }, &silent).contains("s390x"));
        assert!(first(&Facts { os: Some("windows".into()), ..Facts::default() }, &[Condition::Unreachable]).contains("Windows"));
        assert!(first(&Facts::default(), &[Condition::Refused]).contains("firewall"));
    }

    #[test]
    fn an_unknown_container_is_a_maybe() {
        let unknown = Facts::default().conditions();
        assert!(unknown.contains(&Condition::MaybeContainer) && !unknown.contains(&Condition::Container));
        let no = Facts { container: Some(false), ..Facts::default() }.conditions();
        assert!(!no.contains(&Condition::MaybeContainer) && !no.contains(&Condition::Container));
    }
}
