//! Exchanges: opened by an action, ended by a report, by being given up, or by their lease.

use super::answers::{self, Meaning};
use super::checks::Rule;
use super::model::{Issued, Live};
use super::script::{Answer, BaseChoice, Files};
use super::simulation::World;
use super::sources::{API_KEY, CLIENT_SECRET};
use std::time::Duration;
use trusted_profile_core::token::{ExchangeId, Input, InputReply, Network};
use trusted_profile_core::{Action, Exchange, Now, Slot};

#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Response { is_https: bool },
    Files { paths: Vec<String> },
    External,
}

/// Something the machine asked for.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) id: ExchangeId,
    pub(crate) slot: Slot,
    pub(crate) sent: Now,
    pub(crate) asked: Asked,
    pub(crate) is_reported: bool,
    /// The secrets it carries.
    pub(crate) presented: Vec<String>,
    /// The generation of the base token among them.
    pub(crate) base_generation: Option<u64>,
}

impl World {
    /// An action that starts a unit of work; anything else is ignored.
    pub(crate) fn opened(&mut self, action: &Action) {
        let now = self.clocks.clamped();
        match action {
            Action::Send(exchange) => self.opened_exchange(exchange, now),
            Action::NeedInput { id, input } => {
                let (asked, lease) = match input {
                    Input::CrTokenFile { paths, .. } => (Asked::Files { paths: paths.clone() }, self.policy.input_lease),
                    Input::External { timeout } => (Asked::External, *timeout + self.policy.lease_grace),
                    other => panic!("an input nobody knows: {other:?}"),
                };
                self.add(Slot::Iam, *id, now, asked, lease, Vec::new());
            }
            _ => {}
        }
    }

    fn opened_exchange(&mut self, exchange: &Exchange, now: Now) {
        let slot = answers::slot_of(&exchange.request);
        let is_https = exchange.request.uri().scheme_str() == Some("https");
        let times = if self.source.is_link_local(slot) { self.policy.link_local } else { self.policy.remote };
        let fits = exchange.timeout > Duration::ZERO && exchange.timeout <= times.attempt && exchange.connect_timeout <= exchange.timeout;
        self.require(Rule::WaitsAreBounded, fits, || format!("{exchange:?} with {times:?}"));
        let network = match slot {
            Slot::Assumed => Network::Private,
            _ if self.source.is_link_local(slot) => Network::LinkLocal,
            _ => Network::Public,
        };
        self.require(Rule::ChainPresentsUsableTokens, exchange.network == network, || format!("{exchange:?}"));
        self.protocol_is_allowed(slot, is_https, exchange);
        let presented = self.presented(slot, exchange, now);
        let lease = exchange.timeout + self.policy.lease_grace;
        self.add(slot, exchange.id, now, Asked::Response { is_https }, lease, presented);
    }

    /// R22: http only when https could not connect in this round, or an answer came that way before.
    fn protocol_is_allowed(&mut self, slot: Slot, is_https: bool, exchange: &Exchange) {
        if self.source.base.is_auto() && self.source.is_link_local(slot) {
            let allowed = is_https || self.http_worked || self.model.slot(slot).round.https_not_connected;
            self.require(Rule::HttpOnlyAfterTcpFailure, allowed, || format!("{exchange:?}"));
        } else {
            let expected = self.source.base != BaseChoice::VpcHttp || slot == Slot::Assumed;
            self.require(Rule::HttpOnlyAfterTcpFailure, is_https == expected, || format!("{exchange:?}"));
        }
    }

    /// The credentials an exchange carries, which have to be good at that very moment.
    fn presented(&mut self, slot: Slot, exchange: &Exchange, now: Now) -> Vec<String> {
        let body = String::from_utf8_lossy(exchange.request.body()).into_owned();
        let header = exchange.request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let mut presented = match self.source.base_of(slot) {
            Some(base) => self.model.slot(base).usable(now).map(|token| token.text.clone()).into_iter().collect(),
            None if slot == Slot::Identity => Vec::new(),
            None if self.source.base.is_container() => {
                (0..3).map(answers::cr_token_text).filter(|text| body.contains(text.as_str())).collect()
            }
            None => vec![API_KEY.to_owned()],
        };
        let carries = |text: &String| {
            let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            header == format!("Bearer {text}") || body.contains(&format!("={encoded}"))
        };
        let fits = slot == Slot::Identity || (presented.len() == 1 && presented.iter().all(carries));
        self.require(Rule::ChainPresentsUsableTokens, fits, || format!("{exchange:?} carries {header} {body}, not {presented:?}"));
        if let Some(basic) = header.strip_prefix("Basic ") {
            presented.extend([CLIENT_SECRET.to_owned(), basic.to_owned()]);
            self.secrets.push(basic.to_owned());
        }
        presented
    }

    fn add(&mut self, slot: Slot, id: ExchangeId, sent: Now, asked: Asked, lease: Duration, presented: Vec<String>) {
        let live = self.model.slot(slot).live;
        self.require(Rule::OneLiveExchange, live.is_none(), || format!("{slot:?} has {live:?} and asks for {asked:?}"));
        let is_new = self.exchanges.iter().all(|known| known.id < id);
        self.require(Rule::OneLiveExchange, is_new, || format!("{id:?} was used before"));
        let base_generation = self.source.base_of(slot).and_then(|base| self.model.slot(base).token.as_ref()).map(|t| t.generation);
        let exchange = self.exchanges.len();
        let model = self.model.slot_mut(slot);
        model.live = Some(Live { exchange, lease: sent.monotonic + lease });
        match asked {
            Asked::Files { .. } => model.round.files_asked += 1,
            _ => model.round.sent += 1,
        }
        self.exchanges.push(Opened { id, slot, sent, asked, is_reported: false, presented, base_generation });
        self.exchanges_are_bounded(slot);
    }

    /// R3, R6: attempts, and the second chances that a round has once.
    fn exchanges_are_bounded(&mut self, slot: Slot) {
        let is_patient = self.policy.wait_until_ready > Duration::ZERO && self.model.slot(slot).generation == 0;
        if is_patient {
            return;
        }
        let round = self.model.slot(slot).round.clone();
        let attempts = if round.is_awaited { self.policy.max_attempts } else { 1 };
        let is_remote_container = slot == Slot::Iam && self.source.base.is_container();
        let second_chances = 1 + u32::from(self.source.base_of(slot).is_some()) + u32::from(is_remote_container);
        let protocols = if self.source.base.is_auto() && self.source.is_link_local(slot) { 2 } else { 1 };
        let most = (attempts + second_chances) * protocols;
        self.require(Rule::ExchangesAreBounded, round.sent <= most, || format!("{slot:?} sends {} in a round of {most}", round.sent));
    }

    /// An exchange that was not reported; the newest is number 0.
    pub(crate) fn open(&self, which: u8) -> Option<usize> {
        let open: Vec<usize> = (0..self.exchanges.len()).rev().filter(|i| !self.exchanges[*i].is_reported).collect();
        open.get(usize::from(which) % open.len().max(1)).copied()
    }

    /// Reports an exchange; one that is no longer live must change nothing.
    pub(crate) fn report(&mut self, which: u8, answer: &Answer, files: Files) {
        let Some(place) = self.open(which) else { return };
        self.exchanges[place].is_reported = true;
        let opened = self.exchanges[place].clone();
        let now = self.clocks.clamped();
        let is_live = self.model.slot(opened.slot).live.is_some_and(|live| live.exchange == place && live.lease > now.monotonic);
        self.issued += 1;
        let (report, meaning) = self.said(&opened, answer, files);
        if !is_live {
            return self.noise(report);
        }
        self.model.slot_mut(opened.slot).live = None;
        let is_service = match answer {
            Answer::Token { .. } => true,
            Answer::Refusal { code, .. } => answers::has_code(*code),
            Answer::Broken(_) | Answer::Transport { .. } => false,
        };
        self.http_worked |= is_service && matches!(opened.asked, Asked::Response { is_https: false });
        let may_drop = self.means(&opened, meaning);
        self.call(report);
        self.status_tells(may_drop);
    }

    /// The report that `answer` makes for an exchange of that kind.
    pub(crate) fn said(&mut self, opened: &Opened, answer: &Answer, files: Files) -> (Box<Report>, Meaning) {
        let (id, number) = (opened.id, self.issued);
        // Whatever becomes of the answer, the token it may hold is secret.
        for ours in [true, false] {
            self.is_secret(&answers::token_text(number, true, ours));
        }
        self.is_secret(&answers::token_text(number, false, true));
        match &opened.asked {
            Asked::Response { .. } => {
                let (outcome, meaning) = answers::outcome(answer, number, &opened.presented, self.policy.max_response_bytes);
                (Box::new(move |machine, now| machine.handle(now, id, outcome)), meaning)
            }
            Asked::Files { paths } => {
                let (reads, _) = answers::files(files, paths);
                (Box::new(move |machine, now| machine.provide(now, id, InputReply::CrTokenFile(reads))), Meaning::Failure)
            }
            Asked::External => {
                let (reply, meaning) = answers::external(answer, number);
                (Box::new(move |machine, now| machine.provide(now, id, InputReply::External(reply))), meaning)
            }
        }
    }

    /// What a report in time must do. Gives the slot whose token it may drop.
    fn means(&mut self, opened: &Opened, meaning: Meaning) -> Option<Slot> {
        let slot = opened.slot;
        let base = self.source.base_of(slot);
        match meaning {
            Meaning::Token { text, life, ours } => {
                let is_last = self.source.chain().last() == Some(&slot);
                let expects = is_last && self.policy.expected_account_id.is_some();
                let generation = self.model.slot(slot).generation + 1;
                let issued = Issued::new(text, generation, opened.sent, life, &self.policy);
                if issued.is_usable(self.clocks.clamped()) && (ours || !expects) {
                    let model = self.model.slot_mut(slot);
                    model.generation = generation;
                    model.token = Some(issued);
                }
                None
            }
            Meaning::NotConnected => {
                self.model.slot_mut(slot).round.https_not_connected |= matches!(opened.asked, Asked::Response { is_https: true });
                None
            }
            Meaning::CredentialRefused => base.filter(|base| {
                let current = self.model.slot(*base).token.as_ref().map(|token| token.generation);
                current.is_some() && current == opened.base_generation
            }),
            Meaning::Failure => None,
        }
    }
}

/// A report, ready to be made.
pub(crate) type Report = dyn FnOnce(&mut trusted_profile_core::TokenManager, Now);
