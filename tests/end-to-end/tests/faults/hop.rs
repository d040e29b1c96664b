//! The requests that a fault can strike.

use end_to_end::Account;
use simulator::{Fault, FaultRule, Service};
use trusted_profile::Builder;

/// One request on the way to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// The instance's identity token.
    Identity,
    /// The instance's IAM token.
    InstanceToken,
    /// The pod's IAM token.
    PodToken,
}

impl Hop {
    pub(crate) const ALL: [Self; 3] = [Self::Identity, Self::InstanceToken, Self::PodToken];

    pub(crate) const fn service(self) -> Service {
        match self {
            Self::Identity | Self::InstanceToken => Service::Metadata,
            Self::PodToken => Service::Iam,
        }
    }

    const fn request(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => ("PUT", "/identity/v1/token"),
            Self::InstanceToken => ("POST", "/identity/v1/iam_tokens"),
            Self::PodToken => ("POST", "/identity/token"),
        }
    }

    /// `fault` at this request, or at all of its service's if it is about connections or clocks.
    pub(crate) fn rule(self, fault: &Fault) -> FaultRule {
        let (method, path) = self.request();
        let rule = FaultRule::on(self.service(), fault.clone());
        match fault {
            Fault::Refuse {} | Fault::NotListening {} | Fault::Unreachable {} | Fault::Skew { .. } => rule,
            _ => rule.at(method, path),
        }
    }

    /// How many of these requests there were.
    pub(crate) fn count(self, account: &Account) -> usize {
        let (method, path) = self.request();
        account.journal().count(self.service(), method, path)
    }

    pub(crate) fn builder(self, account: &Account) -> Builder {
        match self {
            Self::Identity | Self::InstanceToken => account.vpc(),
            Self::PodToken => account.container(),
        }
    }
}
