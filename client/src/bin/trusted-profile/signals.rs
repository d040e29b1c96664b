//! Signals, and who sent them.

use crate::exit::{Exit, Failure};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;
use std::thread;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A signal that arrived.
pub(crate) struct Received {
    pub(crate) number: i32,
    /// The terminal sent it, and so to every process in its foreground.
    pub(crate) is_from_terminal: bool,
}

/// From now on `numbers` arrive here, instead of ending the program.
pub(crate) fn listen(numbers: &[i32]) -> Result<UnboundedReceiver<Received>, Failure> {
    let refuse = |error| Failure::new(Exit::System, format!("signals cannot be received: {error}"));
    let mut signals = SignalsInfo::<WithOrigin>::new(numbers).map_err(refuse)?;
    let (sender, receiver) = unbounded_channel();
    let forward = move || {
        for origin in signals.forever() {
            let received = Received { number: origin.signal, is_from_terminal: matches!(origin.cause, Cause::Kernel) };
            if sender.send(received).is_err() {
                return;
            }
        }
    };
    // It ends with the program.
    thread::Builder::new().name("signals".to_owned()).spawn(forward).map_err(refuse)?;
    Ok(receiver)
}
