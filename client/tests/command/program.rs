//! The program in a process of its own, with an environment of its own.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use simulator::{Config, ServiceAccountToken, Simulator};
use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output of a run that succeeded.
    #[track_caller]
    pub(crate) fn printed(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Standard error of a run that failed with `code` and printed nothing.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{self:?}");
        self.stderr
    }
}

/// The program with its arguments. It inherits nothing but `PATH`.
pub(crate) fn program(arguments: &[&str]) -> Command {
    by_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trusted-profile"));
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command
}

/// Runs `command` to its end.
pub(crate) fn run(command: &mut Command) -> Outcome {
    run_with(command, "")
}

/// Runs `command` with `input` on its standard input.
pub(crate) fn run_with(command: &mut Command, input: &str) -> Outcome {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that ends without reading is judged by its code.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder that is the user's alone, as a runtime folder is.
pub(crate) fn private_folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

/// The seeded account.
pub(crate) fn seeded() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

/// `command`, with the options of the seeded instance.
pub(crate) fn on_instance<'a>(command: &[&'a str], metadata: &'a str) -> Vec<&'a str> {
    [command, &["--source", "vpc_instance", "--endpoint", metadata]].concat()
}

/// A compute resource token of the seeded cluster, in `folder`; its path.
pub(crate) fn pod_token(simulator: &Simulator, folder: &Path) -> String {
    let token = ServiceAccountToken { cluster_id: simulator.seed().unwrap().cluster.id, ..ServiceAccountToken::default() };
    let file = simulator.start_cr_token_file(folder, "sa-token", token, None).unwrap();
    file.path().display().to_string()
}

/// A program that runs on, ended when it is dropped.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: BufReader<ChildStderr>,
    _limit: Limit,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        by_default();
        // A group of its own, to be ended as a whole.
        let command = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let limit = Limit::of(&child);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = BufReader::new(child.stderr.take().unwrap());
        Self { child, lines, said, _limit: limit }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of its standard output.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// The next line of its standard error.
    pub(crate) fn said(&mut self) -> String {
        let mut line = String::new();
        assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended");
        line
    }

    /// Waits until it tells of a refresh that failed with `code`, be it before the end of the token or after it.
    #[track_caller]
    pub(crate) fn fails_to_refresh(&mut self, code: &str) {
        let said = loop {
            let line = self.said();
            // The causes follow in lines of their own.
            if line.starts_with("trusted-profile: ") {
                break line;
            }
        };
        let ways = ["a refresh failed; the token in use stays", "there is no usable token any more"];
        assert!(ways.iter().any(|way| said.contains(&format!("{way}: {code}"))), "{said}");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end: its code, and what it said on standard error.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends a program, and all that it started, which would otherwise let a test wait for ever.
struct Limit {
    _done: mpsc::Sender<()>,
}

impl Limit {
    fn of(child: &Child) -> Self {
        let group = Pid::from_child(child);
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || {
            if is_done.recv_timeout(Duration::from_secs(120)) == Err(RecvTimeoutError::Timeout) {
                let _ = kill_process_group(group, Signal::KILL);
            }
        });
        Self { _done: done }
    }
}

/// Has what is started from now on take signals as usual, whatever this process was told to ignore when it was started
/// (`nohup` does that): what is handled here is not ignored there.
fn by_default() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::USR1, Signal::USR2] {
            if ignored >> (signal.as_raw() - 1) & 1 == 1 {
                signal_hook::flag::register(signal.as_raw(), Arc::default()).unwrap();
            }
        }
    });
}

/// Waits until `look` finds something.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The content of a file, once it is there and not `before`.
#[track_caller]
pub(crate) fn changed(path: impl AsRef<OsStr>, before: &str) -> String {
    let path = Path::new(&path);
    eventually("a change of the file", || std::fs::read_to_string(path).ok().filter(|now| now != before))
}
