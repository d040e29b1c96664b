//! Whether a port answers.

use crate::account::{InstanceSettings, Protocol, WhenDisabled};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Connections are served.
    Open,
    /// Connections are accepted and never answered.
    Silent,
    /// Connection attempts are not answered: they time out.
    Deaf,
    /// Nothing listens.
    Closed,
}

impl Gate {
    /// Whether connections are taken from the system's queue.
    pub(crate) fn accepts(self) -> bool {
        match self {
            Self::Open | Self::Silent => true,
            Self::Deaf => !cfg!(target_os = "linux"),
            Self::Closed => false,
        }
    }

    /// The gate of an instance's http or https metadata listener. An instance serves one of the two
    /// protocols at a time (VPC Identity API reference, endpoint URLs).
    pub(crate) fn of(settings: &InstanceSettings, tls: bool) -> Self {
        let wanted = if tls { Protocol::Https } else { Protocol::Http };
        match (settings.enabled, settings.when_disabled) {
            _ if settings.protocol != wanted => Self::Closed,
            (true, _) => Self::Open,
            (false, WhenDisabled::Silent) => Self::Silent,
            (false, WhenDisabled::Dropped) => Self::Deaf,
            (false, WhenDisabled::Refused) => Self::Closed,
        }
    }
}
