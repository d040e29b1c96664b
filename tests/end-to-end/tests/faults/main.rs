//! Every fault of the simulator, at every request, for both providers: what a program sees with an
//! empty cache, at the next call after recovery, and with a token that is still good. The results
//! are `docs/faults.md`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod cells;
mod hop;
mod patience;
mod proxies;
mod rows;
mod table;
mod tls;

use cells::Seen;
use end_to_end::{Account, Manner};
use hop::Hop;
use rows::Row;
use simulator::elsewhere::Elsewhere;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

/// Cells spend their time waiting; this many do so at once.
const AT_ONCE: usize = 8;

fn run_cells(rows: &[Row]) -> BTreeMap<usize, Vec<(Hop, Seen)>> {
    let jobs: Vec<(usize, Hop)> = rows.iter().enumerate().flat_map(|(index, _)| Hop::ALL.map(|hop| (index, hop))).collect();
    let jobs = Mutex::new(jobs);
    let results = Mutex::new(BTreeMap::<usize, Vec<(Hop, Seen)>>::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let account = Account::start();
                let next = || jobs.lock().unwrap().pop();
                while let Some((index, hop)) = next() {
                    let row = &rows[index];
                    for manner in Manner::BOTH {
                        let seen = cells::run(row, hop, manner, &account);
                        results.lock().unwrap().entry(index).or_default().push((hop, seen));
                    }
                }
            });
        }
    });
    results.into_inner().unwrap()
}

#[test]
fn every_fault_at_every_request_for_both_providers() {
    let elsewhere = Elsewhere::start().unwrap();
    let rows = rows::all(&elsewhere.url());
    let results = run_cells(&rows);
    assert_eq!(elsewhere.recorded(), [], "a redirect was followed");
    // The other host does record what reaches it.
    assert_eq!(end_to_end::get(&elsewhere.url(), "abc"), 200);
    assert_eq!(elsewhere.recorded().len(), 1);
    assert!(results.values().all(|cells| cells.len() == Hop::ALL.len() * Manner::BOTH.len()) && results.len() == rows.len());
    table::compare(&table::render(&rows, &results));
}
