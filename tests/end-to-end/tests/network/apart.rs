//! Cases in namespaces of their own.

use crate::machine::Machine;
use end_to_end::{Program, isolation};
use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::thread;

/// Says to a process that it is one case, and which.
const CASE: &str = "NETWORK_CASE";

/// The folder in which the cases of a test find each other's signing keys.
pub(crate) const KEYS: &str = "NETWORK_KEYS";

/// Cases spend most of their time waiting; this many do so at once.
const AT_ONCE: usize = 6;

/// Runs each of `cases` in network and mount namespaces of its own, where it is given its machine.
/// `test` is the full name of the test that calls this: its cases are run by starting it anew.
pub(crate) fn each(test: &str, cases: &[&str], run: impl FnOnce(&str, &Machine)) {
    if let Ok(case) = env::var(CASE) {
        return run(&case, &Machine::enter());
    }
    let keys = tempfile::tempdir().unwrap();
    let waiting = Mutex::new(cases.to_vec());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(cases.len()) {
            scope.spawn(|| {
                let next = || waiting.lock().unwrap().pop();
                while let Some(case) = next() {
                    failed.lock().unwrap().extend(start(test, case, keys.path()).err());
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases of {test} failed:\n\n{}", failed.len(), cases.len(), failed.join("\n\n"));
}

fn start(test: &str, case: &str, keys: &Path) -> Result<(), String> {
    let program = env::current_exe().unwrap();
    let arguments = [OsStr::new(namespaces()), program.as_ref(), test.as_ref(), "--exact".as_ref(), "--nocapture".as_ref()];
    // Where administrators' programs are, which is not always in the PATH of others.
    let path = format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default());
    let started = Program::new("unshare", &arguments).env("PATH", path).env(CASE, case).env(isolation::OUTSIDE, isolation::network());
    let outcome = started.env(KEYS, keys).run();
    // A name that no test has would be a success of no test.
    if outcome.succeeded && outcome.stdout.contains("1 passed") {
        return Ok(());
    }
    Err(format!("{case}:\n{}{}", outcome.stdout, outcome.stderr))
}

/// How this user gets namespaces: as root of this machine, or of a user namespace.
fn namespaces() -> &'static str {
    static FLAGS: OnceLock<&str> = OnceLock::new();
    FLAGS.get_or_init(|| {
        let mut refusals = Vec::new();
        for flags in ["-nm", "-Urnm"] {
            match Command::new("unshare").args([flags, "true"]).output() {
                Ok(output) if output.status.success() => return flags,
                Ok(output) => refusals.push(format!("unshare {flags}: {}", String::from_utf8_lossy(&output.stderr).trim_end())),
                Err(error) => panic!("unshare (package util-linux) cannot be run: {error}"),
            }
        }
        panic!("the kernel gives this user no network namespaces: {}", refusals.join("; "));
    })
}
