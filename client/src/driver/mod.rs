//! For drivers in other languages: the token machine of a [`Builder`], and the I/O of this
//! client, which blocks. They bring the waiting and the waking themselves, by the contract in
//! [`trusted_profile_core::token`].

#[cfg(feature = "operations")]
mod calls;

#[cfg(feature = "operations")]
pub use calls::{Patience, Walk, request};

use crate::builder::{Builder, Parts};
use crate::description::{Choice, Description};
use crate::per_process::PerProcess;
use crate::transport::Transport;
use crate::{clocks, facts, files, seed as seeds};
use http::Response;
use tokio::runtime;
use tokio::sync::watch;
use trusted_profile_core::token::{Exchange, FileRead, Status};
use trusted_profile_core::{Error, TokenManager, TransportError, TransportErrorKind};

/// What a builder makes for a driver.
#[non_exhaustive]
pub struct Driver {
    /// The machine. An `external` source has no callback here: the driver calls its own.
    pub machine: TokenManager,
    /// The way to the services.
    pub sender: Sender,
    /// Why it is this source.
    pub origin: Origin,
}

/// Why a driver's machine has the source it has.
pub struct Origin(Choice);

/// Sends exchanges for callers that block, until it is closed. A child of `fork` finds it open.
pub struct Sender {
    transport: Transport,
    /// A child of `fork` has one of its own: a thread of its parent may have held a lock of this one.
    closing: PerProcess<watch::Sender<bool>>,
}

/// A seed for the machine's jitter; another one in every process.
#[must_use]
pub fn seed() -> u64 {
    seeds::seed(clocks::now())
}

/// Reads `paths` in order, as [`trusted_profile_core::token::Input::CrTokenFile`] wants it, and stops after
/// the first that holds something.
#[must_use]
pub fn read_files(paths: &[String], max_bytes: usize) -> Vec<FileRead> {
    files::read_in_order(paths, max_bytes)
}

impl Builder {
    /// The parts for a driver of one's own.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used.
    pub fn into_driver(self) -> Result<Driver, Error> {
        let Parts { source, policy, transport, choice, .. } = self.into_parts()?;
        let mut machine = TokenManager::new(source, policy, seed())?;
        machine.set_facts(facts::look());
        let sender = Sender { transport, closing: PerProcess::default() };
        Ok(Driver { machine, sender, origin: Origin(choice) })
    }
}

impl Origin {
    /// What a provider says about itself.
    #[must_use]
    pub fn describe(&self, status: Status) -> Description {
        Description::new(&self.0, status)
    }
}

impl Sender {
    /// Sends one exchange within its limits, in the calling thread.
    ///
    /// # Errors
    /// Why no answer came; `Interrupted` after [`Sender::close`].
    pub fn send(&self, exchange: Exchange) -> Result<Response<Vec<u8>>, TransportError> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| TransportError::new(TransportErrorKind::Other, format!("no runtime for an exchange: {e}")))?;
        let mut closing = self.closing.get().subscribe();
        let outcome = runtime.block_on(async {
            tokio::select! {
                outcome = self.transport.send(exchange) => outcome,
                _ = closing.wait_for(|is_closing| *is_closing) => {
                    Err(TransportError::new(TransportErrorKind::Interrupted, "the provider was closed"))
                }
            }
        });
        // A name lookup that is stuck must not hold up whoever waits for the outcome.
        runtime.shutdown_background();
        outcome
    }

    /// Ends every exchange that is under way, and those that are begun later.
    pub fn close(&self) {
        self.closing.get().send_replace(true);
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        *self.closing.get().borrow()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenProvider;
    use trusted_profile_core::{Action, Slot, Ticket};

    #[test]
    fn a_closed_sender_sends_nothing() {
        let builder = TokenProvider::vpc_instance().endpoint("http://127.0.0.1:9");
        let Driver { mut machine, sender, .. } = builder.into_driver().unwrap();
        let Action::Send(exchange) = machine.poll(Slot::Iam, clocks::now(), &mut Ticket::new()) else { panic!("nothing to send") };
        sender.close();
        assert!(sender.is_closed());
        assert_eq!(sender.send(*exchange).unwrap_err().kind, TransportErrorKind::Interrupted);
    }

    #[test]
    fn an_external_source_needs_no_callback_here() {
        let options = crate::SourceOptions { source: "external".into(), ..crate::SourceOptions::default() };
        let mut driver = Builder::from_options(options).into_driver().unwrap();
        let action = driver.machine.poll(Slot::Iam, clocks::now(), &mut Ticket::new());
        assert!(matches!(action, Action::NeedInput { .. }), "{action:?}");
        let described = driver.origin.describe(driver.machine.status());
        assert_eq!((described.source.as_str(), described.reason.as_str()), ("external", "the program named it"));
    }
}
