//! Nobody waits for a refresh, however long it hangs.

use crate::cells::Due;
use crate::hop::Hop;
use end_to_end::{Account, Manner, calm};
use simulator::Fault;
use std::time::Duration;
use trusted_profile::{Policy, Timeouts};

/// Exchanges may take an hour, so a caller that waited for one would not be back before it.
fn patient() -> Policy {
    let hour = Duration::from_secs(3600);
    let times = Timeouts { connect: hour, attempt: hour, round: hour };
    Policy { link_local: times, remote: times, ..calm() }
}

fn nobody_waits(fault: &Fault) {
    for hop in [Hop::InstanceToken, Hop::PodToken] {
        for manner in Manner::BOTH {
            let place = format!("{fault:?}, {hop:?}, {manner:?}");
            let account = Account::start();
            let due = Due::arrange(fault, hop, manner, &account, &patient());
            for _ in 0..8 {
                due.assert_cached(&place);
            }
            // They all came back, and the refresh that the first one caused is still on its way.
            assert!(due.events.try_recv().is_err(), "{place}");
            assert!(due.tokens.describe().status.slots.iter().any(|slot| slot.fetching), "{place}");
        }
    }
}

#[test]
fn nobody_waits_for_a_refresh_that_is_never_answered() {
    nobody_waits(&Fault::Hang {});
}

#[test]
fn nobody_waits_for_a_refresh_that_drips() {
    nobody_waits(&Fault::Drip { interval_ms: 10_000 });
}

#[test]
fn nobody_waits_for_a_refresh_that_does_not_connect() {
    nobody_waits(&Fault::Unreachable {});
}
