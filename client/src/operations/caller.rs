//! Calls of operations for programs on tokio: the driver of the core's `Call`.

use super::setup::Setup;
use crate::shared::closed;
use crate::{TokenProvider, clocks, log};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use trusted_profile_core::call::{Call, Manner, Step, TokenKind};
use trusted_profile_core::operation::{Content, Entry, Reply, Target};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{AccessToken, Error, ErrorCode, Secret};

/// Who calls the operations of a service.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) tokens: TokenProvider,
    pub(super) setup: Setup,
}

impl Caller {
    /// Everything checked, and nothing of the operation sent.
    pub(super) async fn begin(&self, operation: &str, arguments: Json, manner: Manner) -> Result<Call, Error> {
        if Handle::try_current().is_err() {
            return Err(Error::new(ErrorCode::Closed, "calls have to be awaited on a tokio runtime"));
        }
        let entry = self.setup.find(operation)?;
        let began = clocks::now();
        let target = if self.setup.is_metadata() {
            self.metadata_target(entry, &arguments, self.setup.patience(entry, &manner)).await?
        } else {
            self.setup.target(entry)?
        };
        self.setup.begin(entry, arguments, target, manner, began)
    }

    /// How the service is spoken to is settled once there is an identity token. A wrong argument is told before that, and
    /// by the call itself that there was none in time.
    async fn metadata_target(&self, entry: Entry, arguments: &Json, at_most: Duration) -> Result<Target, Error> {
        entry.check(arguments, &self.tokens.shared.call(|machine, _| machine.metadata_target())?)?;
        if let Ok(token) = timeout(at_most, self.tokens.identity_token()).await {
            token?;
        }
        self.tokens.shared.call(|machine, _| machine.metadata_target())
    }

    /// The one answer of a call that has one.
    pub(super) async fn answer(&self, mut call: Call) -> Result<Reply<Content>, Error> {
        let reply = self.turn(&mut call).await;
        self.setup.learn_from(&call);
        only(reply?)
    }

    /// One answer: the only one of a call, or the next page. None: there are no more.
    pub(super) async fn turn(&self, call: &mut Call) -> Result<Option<Reply<Content>>, Error> {
        match self.drive(call).await {
            Err(error) if self.setup.is_metadata() => {
                Err(self.tokens.shared.call(|machine, _| machine.explain_metadata(call.entry(), error)))
            }
            reply => reply,
        }
    }

    async fn drive(&self, call: &mut Call) -> Result<Option<Reply<Content>>, Error> {
        let shared = &self.tokens.shared;
        let mut closing = shared.closing.subscribe();
        let mut used = None;
        loop {
            match call.poll(clocks::now()) {
                Step::NeedToken { kind } => {
                    // Too late is told by the call itself.
                    let Ok(token) = timeout(call.left(clocks::now()), self.token(kind)).await else { continue };
                    match token {
                        Ok(token) => {
                            call.token(clocks::now(), Secret::new(token.expose()), token.generation());
                            used = Some(token);
                        }
                        Err(error) => call.no_token(error),
                    }
                }
                Step::Rejected { .. } => used.iter().for_each(|token| self.tokens.invalidate(token)),
                Step::Send(exchange) => {
                    let id = exchange.id;
                    log::exchange(&exchange);
                    let outcome = tokio::select! {
                        outcome = shared.transport.send(*exchange) => outcome,
                        _ = closing.wait_for(|is_closing| *is_closing) => return Err(closed()),
                    };
                    log::outcome(&outcome);
                    call.handle(clocks::now(), id, outcome);
                }
                Step::Wait { at_most } => tokio::select! {
                    () = sleep(at_most) => {}
                    _ = closing.wait_for(|is_closing| *is_closing) => return Err(closed()),
                },
                Step::Page(reply) | Step::Done(reply) => return Ok(Some(*reply)),
                Step::End => return Ok(None),
                Step::Failed(error) => return Err(error),
            }
        }
    }

    async fn token(&self, kind: TokenKind) -> Result<AccessToken, Error> {
        match kind {
            TokenKind::Identity => self.tokens.identity_token().await,
            TokenKind::Iam => self.tokens.token().await,
        }
    }
}

/// The answer of a call that has one.
pub(super) fn only(reply: Option<Reply<Content>>) -> Result<Reply<Content>, Error> {
    reply.ok_or_else(|| Error::new(ErrorCode::Internal, "a call ended without an answer"))
}
