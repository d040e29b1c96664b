//! Drivers in other languages: a process each, whose standard input and output are the line to a
//! machine of its own.

use crate::judge::Report;
use crate::scenario::Job;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Checks that a tool is there; if not, one line says which one is missing.
///
/// # Errors
/// The tool is not there, or not what it has to be.
pub fn require(tool: &str, arguments: &[&str], what: &str) -> Result<(), String> {
    let found = Command::new(tool).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("drivers: `{tool}` is missing; the proof needs {what}")),
    }
}

/// Builds the driver for Go, from the standard library alone.
///
/// # Errors
/// What the compiler said.
pub fn build_go(source: &Path, binary: &Path) -> Result<(), String> {
    let build = Command::new("go")
        .args(["build", "-o"])
        .args([binary, Path::new(".")])
        .current_dir(source)
        .envs([("GOTOOLCHAIN", "local"), ("GOPROXY", "off"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off"), ("CGO_ENABLED", "0")])
        .output()
        .map_err(|error| error.to_string())?;
    if build.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&build.stderr).into_owned()) }
}

/// Plays all jobs in one process.
///
/// # Errors
/// In words, when the process fails, or takes longer than `patience`.
pub fn play(host: &Path, command: &[&Path], jobs: &[Job], folder: &Path, patience: Duration) -> Result<Vec<Report>, String> {
    let words = |error: std::io::Error| error.to_string();
    let (asked, told) = (folder.join("jobs"), folder.join("reports"));
    fs::create_dir_all(folder).map_err(words)?;
    let lines: Result<Vec<String>, _> = jobs.iter().map(serde_json::to_string).collect();
    fs::write(&asked, lines.map_err(|error| error.to_string())?.join("\n")).map_err(words)?;
    let mut machine = Command::new(host).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(words)?;
    let (Some(calls), Some(replies)) = (machine.stdin.take(), machine.stdout.take()) else {
        return Err("the machine has no pipes".to_owned());
    };
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let driver = Command::new(program).args(arguments).args([&asked, &told]).stdin(replies).stdout(calls).spawn();
    let ended = driver.map_err(words).and_then(|driver| end(driver, patience));
    // The machine ends by itself when its line is closed, which the end of the driver does.
    machine.wait().map_err(words)?;
    ended?;
    let told = fs::read_to_string(told).map_err(words)?;
    told.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))).collect()
}

/// Waits for a process, and stops one that hangs.
fn end(mut process: Child, patience: Duration) -> Result<(), String> {
    let deadline = Instant::now() + patience;
    loop {
        match process.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("the driver ended with {status}")),
            None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
            None => {
                process.kill().and_then(|()| process.wait()).map_err(|error| error.to_string())?;
                return Err(format!("the driver took longer than {patience:?}"));
            }
        }
    }
}
