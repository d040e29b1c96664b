//! The program `trusted-profile` from start to first token, against the documented curl and jq flow, in one
//! run; then 10,000 starts under faults, after which nothing may be left behind.
//!
//! `TRUSTED_PROFILE_BINARY` names the program; `make bench` builds it. Needs curl and jq.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints what it measured, and may panic")]

use simulator::{Config, Fault, FaultRule, Service, Simulator};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Starts of each kind, one after the other, so that both see the same machine.
const RUNS: usize = 60;
const EXECS: usize = 10_000;
const CALLERS: usize = 8;

/// IBM's documents, "Using a trusted profile to call IAM-enabled services", with today's paths.
const CURL_AND_JQ: &str = r#"
identity=$(curl -s -X PUT "$URL/identity/v1/token?version=2025-08-26" -H 'Metadata-Flavor: ibm' -H 'Accept: application/json' \
  -d '{"expires_in": 300}' | jq -r .access_token)
curl -s -X POST "$URL/identity/v1/iam_tokens?version=2025-08-26" -H 'Accept: application/json' \
  -H "Authorization: Bearer $identity" | jq -r .access_token
"#;

fn main() {
    // Cargo runs benches to test them, too.
    let Some(binary) = std::env::var_os("TRUSTED_PROFILE_BINARY") else {
        println!("TRUSTED_PROFILE_BINARY names no program: use make bench");
        return;
    };
    let binary = Path::new(&binary);
    println!("size: {} bytes", fs::metadata(binary).unwrap().len());
    start_to_first_token(binary);
    starts_leave_nothing_behind(binary);
}

fn start_to_first_token(binary: &Path) {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let url = simulator.metadata_url();
    let mut program = Command::new(binary);
    program.args(["token", "--source", "vpc_instance", "--endpoint", &url]);
    let mut script = Command::new("bash");
    script.args(["-c", CURL_AND_JQ]).env("URL", &url);
    let mut took: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (command, times) in [&mut program, &mut script].into_iter().zip(&mut took) {
            let start = Instant::now();
            let output = command.env("no_proxy", "127.0.0.1").stderr(Stdio::inherit()).output().unwrap();
            times.push(start.elapsed());
            assert!(output.status.success() && output.stdout.starts_with(b"eyJ"), "{command:?}");
        }
    }
    let [program, script] = took.map(median);
    println!("start to first token, median of {RUNS}: trusted-profile {:.1} ms, curl and jq {:.1} ms", ms(program), ms(script));
    println!("ratio: {:.1}", ms(script) / ms(program));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What a start ends with, and how it is called.
const KINDS: [(&str, &[&str]); 5] = [
    ("well", &["exec", "--"]),
    ("refused", &["exec", "--"]),
    ("hangs", &["exec", "--timeout", "60ms", "--"]),
    ("breaks off", &["exec", "--timeout", "60ms", "--"]),
    ("well, with a file", &["exec", "--token-file", "--"]),
];

fn fault(kind: &str) -> Option<FaultRule> {
    let fault = match kind {
        "refused" => Fault::Status { status: 403, retry_after: None, code: None, message: None },
        "hangs" => Fault::Hang {},
        "breaks off" => Fault::Close {},
        _ => return None,
    };
    Some(FaultRule::on(Service::Metadata, fault).at("POST", "/identity/v1/iam_tokens"))
}

fn starts_leave_nothing_behind(binary: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let before = processes(binary);
    let start = Instant::now();
    for (kind, arguments) in KINDS {
        let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
        fault(kind).map(|rule| simulator.inject(rule));
        let codes = exec(binary, arguments, &simulator.metadata_url(), folder.path(), EXECS / KINDS.len());
        println!("exec, {kind}: exit codes {codes:?}");
        let is_well = codes.keys().all(|code| *code == Some(0));
        assert_eq!(is_well, fault(kind).is_none(), "{kind}: {codes:?}");
    }
    println!("{EXECS} starts in {:.0} s", start.elapsed().as_secs_f64());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let files: Vec<_> = left.iter().filter(|path| !path.is_dir() || fs::read_dir(path).unwrap().next().is_some()).collect();
    println!("left behind: {} files, {} processes", files.len(), processes(binary).saturating_sub(before));
    assert!(files.is_empty(), "{files:?}");
    assert_eq!(processes(binary), before);
}

/// Runs `exec` again and again, and counts the exit codes.
fn exec(binary: &Path, arguments: &[&str], url: &str, folder: &Path, count: usize) -> BTreeMap<Option<i32>, usize> {
    let (next, codes) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    let mut command = Command::new(binary);
                    let (name, rest) = arguments.split_first().unwrap();
                    command.arg(name).args(["--source", "vpc_instance", "--endpoint", url]).args(rest).arg("/bin/true");
                    command.env("XDG_RUNTIME_DIR", folder).env("TMPDIR", folder).stdout(Stdio::null()).stderr(Stdio::null());
                    // Before the lock is taken, or the callers would go one by one.
                    let code = command.status().unwrap().code();
                    *codes.lock().unwrap().entry(code).or_insert(0) += 1;
                }
            });
        }
    });
    codes.into_inner().unwrap()
}

/// How many processes run the program.
fn processes(binary: &Path) -> usize {
    let binary = fs::canonicalize(binary).unwrap();
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    all.filter(|entry| fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == binary)).count()
}
