//! The doctor's driver: looks, sends and reads for it, one thing at a time.

mod certificate;
mod look;

use crate::builder::Builder;
use crate::callback::Callback;
use crate::transport::Transport;
use crate::{clocks, facts, files, seed};
use tokio::runtime;
use trusted_profile_core::doctor::{Doctor, Report, Step};
use trusted_profile_core::token::{Input, InputReply};
use trusted_profile_core::{Error, ErrorCode, TransportError, TransportErrorKind};

impl Builder {
    /// Looks at everything between this program and its token, and says what is wrong with it: each
    /// check with its likely causes and their fixes. The requests that a provider would send are sent,
    /// once each. The report holds no token.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used. What is wrong outside is in the report.
    pub async fn diagnose(self) -> Result<Report, Error> {
        let parts = self.parts()?;
        let reason = parts.choice.reason().to_owned();
        let doctor = Doctor::new(parts.source, reason, parts.policy, facts::look(), seed::seed(clocks::now()))?;
        let doctor = parts.choice.remarks().fold(doctor, Doctor::remarked);
        Ok(Examination { transport: parts.transport, callback: parts.callback }.run(doctor).await)
    }

    /// The same for programs that block. Not to be called from a task.
    ///
    /// # Errors
    /// As for [`Builder::diagnose`].
    pub fn diagnose_blocking(self) -> Result<Report, Error> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| Error::new(ErrorCode::Internal, format!("no runtime to look around with: {e}")))?;
        let report = runtime.block_on(self.diagnose());
        // A name lookup or callback that is stuck must not hold up whoever waits for the report.
        runtime.shutdown_background();
        report
    }
}

struct Examination {
    transport: Transport,
    callback: Option<Callback>,
}

impl Examination {
    async fn run(self, mut doctor: Doctor) -> Report {
        loop {
            match doctor.step(clocks::now()) {
                Step::Done(report) => return *report,
                Step::Look(look) => doctor.found(look::at(look, &self.transport).await),
                Step::Wait { at_most } => tokio::time::sleep(at_most).await,
                Step::Send(exchange) => {
                    let id = exchange.id;
                    let outcome = self.transport.send(*exchange).await;
                    doctor.handle(clocks::now(), id, outcome);
                }
                Step::NeedInput { id, input } => match self.reply(input).await {
                    Some(reply) => doctor.provide(clocks::now(), id, reply),
                    None => {
                        let failure = TransportError::new(TransportErrorKind::Other, "this driver cannot bring it");
                        doctor.handle(clocks::now(), id, Err(failure));
                    }
                },
            }
        }
    }

    async fn reply(&self, input: Input) -> Option<InputReply> {
        match input {
            Input::CrTokenFile { paths, max_bytes } => {
                let read = tokio::task::spawn_blocking(move || files::read_in_order(&paths, max_bytes));
                read.await.ok().map(InputReply::CrTokenFile)
            }
            Input::External { timeout } => Some(InputReply::External(self.callback.as_ref()?.call(timeout).await)),
            _ => None,
        }
    }
}
