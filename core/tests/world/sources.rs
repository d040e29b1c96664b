//! From the choices of a script to a source and a policy.

use super::script::{BaseChoice, Knobs, PolicyChoice, SourceChoice};
use std::time::Duration;
use trusted_profile_core::services::{ClientCredentials, Profile};
use trusted_profile_core::token::{ApiKey, Assume, Container, Iam, IamEndpoint, Metadata, Policy, Protocol, Source, Timeouts};
use trusted_profile_core::{Secret, Slot};

pub(crate) const API_KEY: &str = "apikey+of/the-Test=0123456789";
pub(crate) const CLIENT_SECRET: &str = "client secret & more";
pub(crate) const BEARER: &str = "a-bearer-token-that-is-simply-there";
pub(crate) const ACCOUNT: &str = "account-1";
pub(crate) const PROFILE: &str = "Profile-1";

impl BaseChoice {
    pub(crate) const ALL: [Self; 9] = [
        Self::VpcAuto,
        Self::VpcHttp,
        Self::VpcHttps,
        Self::BareMetal,
        Self::ContainerDefaultFiles,
        Self::ContainerOneFile,
        Self::ApiKey,
        Self::External,
        Self::Bearer,
    ];

    pub(crate) const fn is_metadata(self) -> bool {
        matches!(self, Self::VpcAuto | Self::VpcHttp | Self::VpcHttps | Self::BareMetal)
    }

    pub(crate) const fn is_container(self) -> bool {
        matches!(self, Self::ContainerDefaultFiles | Self::ContainerOneFile)
    }

    /// The protocol is found out by trying.
    pub(crate) const fn is_auto(self) -> bool {
        matches!(self, Self::VpcAuto | Self::BareMetal)
    }
}

impl SourceChoice {
    /// The slots of the chain, first to last.
    pub(crate) fn chain(self) -> Vec<Slot> {
        let mut chain = Vec::new();
        if self.base.is_metadata() {
            chain.push(Slot::Identity);
        }
        chain.push(Slot::Iam);
        if self.assumed {
            chain.push(Slot::Assumed);
        }
        chain
    }

    /// The slot whose token `slot` is made with.
    pub(crate) fn base_of(self, slot: Slot) -> Option<Slot> {
        let chain = self.chain();
        let place = chain.iter().position(|s| *s == slot)?;
        chain.get(place.checked_sub(1)?).copied()
    }

    pub(crate) const fn is_link_local(self, slot: Slot) -> bool {
        self.base.is_metadata() && !matches!(slot, Slot::Assumed)
    }
}

pub(crate) fn source(choice: SourceChoice) -> Source {
    let client = choice.client.then(|| ClientCredentials { id: "client".to_owned(), secret: Secret::new(CLIENT_SECRET) });
    let iam = Iam { client, ..Iam::default() };
    let profile = Profile::Id(PROFILE.to_owned());
    let metadata = |protocol| Metadata { profile: Some(profile.clone()), protocol, ..Metadata::default() };
    let container =
        |file: Option<&str>, iam| Container { profile: profile.clone(), cr_token: None, cr_token_file: file.map(str::to_owned), iam };
    let base = match choice.base {
        BaseChoice::VpcAuto => Source::VpcInstance(metadata(Protocol::Auto)),
        BaseChoice::VpcHttp => Source::VpcInstance(metadata(Protocol::Http)),
        BaseChoice::VpcHttps => Source::VpcInstance(metadata(Protocol::Https)),
        BaseChoice::BareMetal => Source::BareMetal(metadata(Protocol::Auto)),
        BaseChoice::ContainerDefaultFiles => Source::Container(container(None, iam)),
        BaseChoice::ContainerOneFile => Source::Container(container(Some("/run/token"), iam)),
        BaseChoice::ApiKey => Source::ApiKey(ApiKey { api_key: Secret::new(API_KEY), iam }),
        BaseChoice::External => Source::External,
        BaseChoice::Bearer => Source::Bearer(Secret::new(BEARER)),
    };
    if choice.assumed { Source::Assume(Box::new(Assume { base, profile, endpoint: IamEndpoint::Private })) } else { base }
}

pub(crate) fn policy(choice: &PolicyChoice) -> Policy {
    // A small cap keeps the answers that exceed it small.
    let usual = Policy { max_response_bytes: 4096, ..Policy::default() };
    match choice {
        PolicyChoice::Default => usual,
        PolicyChoice::WaitUntilReady(seconds) => Policy { wait_until_ready: Duration::from_secs(u64::from(seconds % 300)), ..usual },
        PolicyChoice::Drawn(knobs) => drawn(knobs),
    }
}

fn drawn(knobs: &Knobs) -> Policy {
    let ms = |raw: u16| Duration::from_millis(u64::from(raw));
    let positive = |raw: u16| Duration::from_millis(u64::from(raw) + 1);
    let times = |[connect, attempt, round]: [u16; 3]| {
        let connect = positive(connect % 5_000);
        let attempt = connect + ms(attempt % 10_000);
        Timeouts { connect, attempt, round: attempt + ms(round % 40_000) }
    };
    let refresh_at = 0.2 + 0.75 * f64::from(knobs.refresh_at) / 255.0;
    Policy {
        link_local: times(knobs.link_local),
        remote: times(knobs.remote),
        max_attempts: u32::from(knobs.max_attempts % 7) + 1,
        backoff_base: positive(knobs.backoff[0] % 2_000),
        backoff_max: positive(knobs.backoff[1] % 8_000),
        retry_after_max: ms(knobs.retry_after_max),
        cooldown: ms(knobs.cooldown % 20_000),
        refresh_backoff_base: positive(knobs.refresh_backoff[0]),
        refresh_backoff_max: positive(knobs.refresh_backoff[1]),
        refresh_at,
        refresh_jitter: refresh_at * 0.99 * f64::from(knobs.refresh_jitter) / 255.0,
        margin_max: ms(knobs.margin_max),
        invalidate_window: ms(knobs.invalidate_window % 20_000),
        lease_grace: positive(knobs.lease_grace % 5_000),
        input_lease: positive(knobs.input_lease % 5_000),
        empty_file_grace: ms(knobs.empty_file_grace % 5_000),
        probe_connect_timeout: positive(knobs.probe % 1_000),
        wait_until_ready: if knobs.wait_until_ready.is_multiple_of(3) { ms(knobs.wait_until_ready) } else { Duration::ZERO },
        max_response_bytes: if knobs.small_responses { 1024 } else { 4096 },
        expected_account_id: knobs.expects_identity.then(|| ACCOUNT.to_owned()),
        expected_profile_id: knobs.expects_identity.then(|| PROFILE.to_owned()),
        ..Policy::default()
    }
}
