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
    /// Another process sent it, to this one. The terminal sends to every process in its foreground, and not
    /// every system says that it was the terminal.
    pub(crate) is_from_process: bool,
}

/// From now on `numbers` arrive here, instead of ending the program. Those that it was started to ignore, as
/// by nohup, stay ignored, and commands inherit that.
pub(crate) fn listen(numbers: &[i32]) -> Result<UnboundedReceiver<Received>, Failure> {
    let refuse = |error| Failure::new(Exit::System, format!("signals cannot be received: {error}"));
    let mut signals = SignalsInfo::<WithOrigin>::new(heeded(numbers)).map_err(refuse)?;
    let (sender, receiver) = unbounded_channel();
    let forward = move || {
        for origin in signals.forever() {
            let received = Received { number: origin.signal, is_from_process: matches!(origin.cause, Cause::Sent(_)) };
            if sender.send(received).is_err() {
                return;
            }
        }
    };
    // It ends with the program.
    thread::Builder::new().name("signals".to_owned()).spawn(forward).map_err(refuse)?;
    Ok(receiver)
}

/// The outcome of `work`, unless a signal comes first. The kernel keeps from process 1 of a container whatever
/// it does not listen for, so that nothing else would end its waiting.
pub(crate) async fn unless_interrupted<T>(
    signals: &mut UnboundedReceiver<Received>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        outcome = work => outcome,
        Some(signal) = signals.recv() => Err(Failure::interrupted(signal.number)),
    }
}

/// Those of `numbers` that are not ignored.
fn heeded(numbers: &[i32]) -> impl Iterator<Item = i32> {
    let ignored = ignored();
    let is_ignored =
        move |number: i32| u32::try_from(number - 1).is_ok_and(|bit| ignored.checked_shr(bit).is_some_and(|rest| rest & 1 == 1));
    numbers.iter().copied().filter(move |number| !is_ignored(*number))
}

/// The ignored signals, the first one in the lowest bit. Elsewhere than on Linux nothing tells without unsafe code.
fn ignored() -> u64 {
    if !cfg!(target_os = "linux") {
        return 0;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok()).unwrap_or_default()
}
