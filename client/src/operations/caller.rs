//! Calls of operations for programs on tokio: the driver of the core's `Call`.

use super::setup::Setup;
use crate::shared::closed;
use crate::{TokenProvider, clocks, log};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use trusted_profile_core::call::{Call, Manner, Step, TokenKind};
use trusted_profile_core::operation::{Content, Reply};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{AccessToken, Error, ErrorCode, Secret};

/// Who calls the operations of a service.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) tokens: TokenProvider,
    pub(super) setup: Setup,
}

impl Caller {
    /// Everything checked, and nothing sent.
    pub(super) fn begin(&self, operation: &str, arguments: Json, manner: Manner) -> Result<Call, Error> {
        if Handle::try_current().is_err() {
            return Err(Error::new(ErrorCode::Closed, "calls have to be awaited on a tokio runtime"));
        }
        self.setup.begin(&self.tokens.shared, operation, arguments, manner)
    }

    /// The one answer of a call that has one.
    pub(super) async fn answer(&self, mut call: Call) -> Result<Reply<Content>, Error> {
        let reply = self.turn(&mut call).await;
        self.setup.learn_from(&call);
        only(reply?)
    }

    /// One answer: the only one of a call, or the next page. None: there are no more.
    pub(super) async fn turn(&self, call: &mut Call) -> Result<Option<Reply<Content>>, Error> {
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
                            if kind == TokenKind::Identity {
                                call.served_by(shared.call(|machine, _| machine.metadata_service())?);
                            }
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
pub(crate) fn only(reply: Option<Reply<Content>>) -> Result<Reply<Content>, Error> {
    reply.ok_or_else(|| Error::new(ErrorCode::Internal, "a call ended without an answer"))
}
