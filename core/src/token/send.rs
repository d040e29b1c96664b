//! From a slot to the exchange that fills it.

use super::action::{Action, Input, Slot};
use super::endpoint::{IamEndpoint, metadata_base};
use super::round::{Live, Sent, WaitsFor};
use super::source::{DEFAULT_CR_TOKEN_FILES, Iam, Metadata, Source};
use super::{Timeouts, TokenManager};
use crate::error::{Error, ErrorCode};
use crate::operation::{Exchange, ExchangeId, Network, Operation};
use crate::secret::Secret;
use crate::services::{CreateIamToken, CreateIdentityToken, DEFAULT_VERSION, GetToken, Grant};
use crate::time::Now;
use crate::wire::{BaseUrl, Scheme};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use std::time::Duration;

/// A request with all that its answer will be judged by.
struct Prepared {
    request: Request<Vec<u8>>,
    network: Network,
    base: BaseUrl,
    secrets: Vec<Secret>,
    cr_token: Option<Secret>,
}

impl TokenManager {
    /// Starts what `slot` needs next: an exchange, or input for one.
    pub(super) fn send(&mut self, slot: Slot, now: Now) -> Result<Action, Error> {
        if let Some(input) = self.input_for(slot, now) {
            return Ok(self.ask(slot, now, input));
        }
        let prepared = self.prepare(slot)?;
        let mut times = self.timeouts(slot);
        if self.is_probing(slot) && prepared.base.scheme() == Scheme::Https {
            times.connect = self.policy.probe_connect_timeout;
        }
        Ok(self.start(slot, now, prepared, times))
    }

    /// Input that has to be had before anything can be sent.
    fn input_for(&self, slot: Slot, now: Now) -> Option<Input> {
        if slot != Slot::Iam {
            return None;
        }
        match self.base_source() {
            Source::External => Some(Input::External { timeout: self.policy.remote.attempt.min(self.time_left(slot, now)) }),
            Source::Container(container)
                if container.cr_token.is_none() && self.slots.get(slot).round.as_ref().is_some_and(|round| round.cr_token.is_none()) =>
            {
                let paths =
                    container.cr_token_file.clone().map_or_else(|| DEFAULT_CR_TOKEN_FILES.map(str::to_owned).to_vec(), |path| vec![path]);
                Some(Input::CrTokenFile { paths, max_bytes: self.policy.max_file_bytes })
            }
            _ => None,
        }
    }

    fn ask(&mut self, slot: Slot, now: Now, input: Input) -> Action {
        let id = self.new_id();
        let (waits_for, patience) = match &input {
            Input::CrTokenFile { .. } => (WaitsFor::Files, self.policy.input_lease),
            // A callback may well use the network.
            Input::External { timeout } => (WaitsFor::External, timeout.saturating_add(self.policy.lease_grace)),
        };
        let state = self.slots.get_mut(slot);
        if let Some(round) = &mut state.round
            && matches!(waits_for, WaitsFor::External)
        {
            round.attempts = round.attempts.saturating_add(1);
        }
        state.live = Some(Live { id, sent: now, lease: now.monotonic.saturating_add(patience), waits_for });
        Action::NeedInput { id, input }
    }

    fn start(&mut self, slot: Slot, now: Now, prepared: Prepared, times: Timeouts) -> Action {
        let id = self.new_id();
        let base_generation = self.base_generation(slot);
        let grace = self.policy.lease_grace;
        let max_response_bytes = self.policy.max_response_bytes;
        let timeout = times.attempt.min(self.time_left(slot, now));
        let state = self.slots.get_mut(slot);
        if let Some(round) = &mut state.round {
            round.attempts = round.attempts.saturating_add(1);
        }
        let sent = Sent {
            secrets: prepared.secrets,
            base_generation,
            cr_token: prepared.cr_token,
            host: prepared.base.authority(),
            scheme: prepared.base.scheme(),
        };
        let lease = now.monotonic.saturating_add(timeout).saturating_add(grace);
        state.live = Some(Live { id, sent: now, lease, waits_for: WaitsFor::Response(sent) });
        Action::Send(Box::new(Exchange {
            id,
            request: prepared.request,
            connect_timeout: times.connect.min(timeout),
            timeout,
            max_response_bytes,
            network: prepared.network,
        }))
    }

    /// What is left of the round: no exchange is given more.
    fn time_left(&self, slot: Slot, now: Now) -> Duration {
        self.slots.get(slot).round.as_ref().map_or(Duration::ZERO, |round| round.deadline.saturating_sub(now.monotonic))
    }

    const fn new_id(&mut self) -> ExchangeId {
        let id = ExchangeId(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    fn prepare(&mut self, slot: Slot) -> Result<Prepared, Error> {
        match (slot, self.base_source()) {
            (Slot::Identity, Source::VpcInstance(metadata) | Source::BareMetal(metadata)) => {
                let operation = CreateIdentityToken { expires_in: Some(metadata.identity_token_expires_in), nonce: None };
                self.metadata_request(slot, &operation, metadata, None)
            }
            (Slot::Iam, Source::VpcInstance(metadata) | Source::BareMetal(metadata)) => {
                let identity = self.token_of(Slot::Identity)?;
                self.metadata_request(slot, &CreateIamToken { trusted_profile: metadata.profile.clone() }, metadata, Some(identity))
            }
            (Slot::Iam, Source::Container(container)) => {
                let (profile, iam, given) = (container.profile.clone(), container.iam.clone(), container.cr_token.clone());
                let read = self.slots.get_mut(slot).round.as_mut().and_then(|round| round.cr_token.take());
                let cr_token = given.or(read).ok_or_else(defect)?;
                let grant = Grant::CrToken { cr_token: cr_token.clone(), profile };
                let mut prepared = iam_request(grant, &iam, cr_token.clone())?;
                prepared.cr_token = Some(cr_token);
                Ok(prepared)
            }
            (Slot::Iam, Source::ApiKey(key)) => iam_request(Grant::ApiKey { api_key: key.api_key.clone() }, &key.iam, key.api_key.clone()),
            (Slot::Iam, Source::Bearer(_)) => {
                Err(Error::new(ErrorCode::Unauthenticated, "the bearer token was refused by a service, and there is no way to get another")
                    .explained(&[]))
            }
            (Slot::Assumed, _) => {
                let access_token = self.token_of(Slot::Iam)?;
                let Source::Assume(assume) = &self.source else { return Err(defect()) };
                let iam = Iam { endpoint: assume.endpoint.clone(), ..Iam::default() };
                iam_request(Grant::Assume { access_token: access_token.clone(), profile: assume.profile.clone() }, &iam, access_token)
            }
            _ => Err(defect()),
        }
    }

    fn token_of(&self, slot: Slot) -> Result<Secret, Error> {
        self.slots.get(slot).token.as_ref().map(|token| token.secret().clone()).ok_or_else(defect)
    }

    fn metadata_request<O: Operation>(
        &self,
        slot: Slot,
        operation: &O,
        metadata: &Metadata,
        identity: Option<Secret>,
    ) -> Result<Prepared, Error> {
        let base = self.metadata_endpoint(slot, metadata)?;
        let mut request = operation.request(&base, metadata.version)?;
        if let Some(token) = &identity {
            let bearer = Secret::new(["Bearer ", token.expose()].concat());
            let mut value = HeaderValue::from_str(bearer.expose()).map_err(|_| defect())?;
            value.set_sensitive(true);
            request.headers_mut().append(AUTHORIZATION, value);
        }
        Ok(Prepared { request, network: Network::LinkLocal, base, secrets: identity.into_iter().collect(), cr_token: None })
    }

    /// Whether `auto` has not settled on a protocol yet.
    pub(super) fn is_probing(&self, slot: Slot) -> bool {
        let is_auto = matches!(self.base_source(), Source::VpcInstance(m) | Source::BareMetal(m) if m.endpoint.is_none() && m.protocol.scheme().is_none());
        is_auto && self.is_metadata(slot) && self.scheme.is_none()
    }

    pub(super) fn metadata_endpoint(&self, slot: Slot, metadata: &Metadata) -> Result<BaseUrl, Error> {
        if let Some(endpoint) = &metadata.endpoint {
            return Ok(endpoint.clone());
        }
        let fell_back = self.slots.get(slot).round.as_ref().is_some_and(|round| round.https_failed.is_some());
        let probe = if fell_back { Scheme::Http } else { Scheme::Https };
        let scheme = metadata.protocol.scheme().or(self.scheme).unwrap_or(probe);
        Ok(metadata_base(scheme)?)
    }
}

fn iam_request(grant: Grant, iam: &Iam, credential: Secret) -> Result<Prepared, Error> {
    let base = iam.endpoint.base()?;
    let mut secrets = vec![credential];
    if let Some(client) = &iam.client {
        // Sent by Basic: the pair in base64 is another spelling of the secret.
        secrets.extend([client.secret.clone(), Secret::new([&client.id, ":", client.secret.expose()].concat())]);
    }
    let operation = GetToken { grant, scope: iam.scope.clone(), client: iam.client.clone() };
    let request = operation.request(&base, DEFAULT_VERSION)?;
    Ok(Prepared { request, network: iam.endpoint.network(), base, secrets, cr_token: None })
}

/// A state that the machine's own rules exclude.
fn defect() -> Error {
    Error::new(ErrorCode::Internal, "the token machine is in a state that its rules exclude").explained(&[])
}

impl IamEndpoint {
    /// How a private or public endpoint shows in the causes of an error.
    pub(super) fn is_private(&self) -> bool {
        self.network() == Network::Private
    }
}

impl TokenManager {
    /// Whether the slot's service is reached over the private network.
    pub(super) fn is_private(&self, slot: Slot) -> bool {
        match (slot, &self.source, self.base_source()) {
            (Slot::Assumed, Source::Assume(assume), _) => assume.endpoint.is_private(),
            (Slot::Iam, _, Source::Container(container)) => container.iam.endpoint.is_private(),
            (Slot::Iam, _, Source::ApiKey(key)) => key.iam.endpoint.is_private(),
            _ => false,
        }
    }

    /// The smallest time that a last attempt should still have.
    pub(super) const fn attempt_time(&self, slot: Slot) -> Duration {
        self.timeouts(slot).attempt
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ApiKey, Assume, Container, Policy};
    use super::*;
    use crate::services::Profile;

    #[test]
    fn the_private_endpoint_of_each_step() {
        let (profile, iam) = (Profile::Id("Profile-1".into()), Iam { endpoint: IamEndpoint::Private, ..Iam::default() });
        let key = |iam| Source::ApiKey(ApiKey { api_key: Secret::new("a-key"), iam });
        let is_private = |source, slot| TokenManager::new(source, Policy::default(), 1).unwrap().is_private(slot);
        let container = Container { profile: profile.clone(), cr_token: None, cr_token_file: None, iam: iam.clone() };
        assert!(is_private(Source::Container(container), Slot::Iam));
        assert!(is_private(key(iam), Slot::Iam) && !is_private(key(Iam::default()), Slot::Iam));
        let assume = Assume { base: key(Iam::default()), profile, endpoint: IamEndpoint::Private };
        assert!(is_private(Source::Assume(Box::new(assume.clone())), Slot::Assumed));
        assert!(!is_private(Source::Assume(Box::new(assume)), Slot::Iam));
        assert!(!is_private(Source::VpcInstance(Metadata::default()), Slot::Iam));
    }
}
