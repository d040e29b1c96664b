//! At a terminal: documents with line breaks, word of waiting, and one interrupt for one Ctrl-C.
#![cfg(target_os = "linux")]

use crate::program::{eventually, on_instance, program, seeded};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use simulator::{Fault, FaultRule, Service};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;

/// A terminal and everything it has shown.
struct Terminal {
    keyboard: File,
    name: String,
    shown: Arc<Mutex<String>>,
}

impl Terminal {
    fn open() -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
        let keyboard = File::from(controller);
        let (mut screen, shown) = (keyboard.try_clone().unwrap(), Arc::new(Mutex::new(String::new())));
        let show = Arc::clone(&shown);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It ends when nobody has the terminal open any more.
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                show.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        Self { keyboard, name, shown }
    }

    fn start(&self, command: &mut Command) -> Child {
        let side = || OpenOptions::new().read(true).write(true).open(&self.name).unwrap();
        command.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap()
    }

    fn shown(&self) -> String {
        self.shown.lock().unwrap().clone()
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        eventually(text, || self.shown().contains(text).then_some(()));
    }
}

#[test]
fn documents_have_line_breaks() {
    let simulator = seeded();
    let terminal = Terminal::open();
    let mut child = terminal.start(&mut program(&on_instance(&["metadata"], &simulator.metadata_url())));
    assert!(child.wait().unwrap().success());
    terminal.shows("\n  \"zone\": {\r\n    \"name\": \"us-south-1\"\r\n  }\r\n}");
}

#[test]
fn waiting_is_spoken_of() {
    let simulator = seeded();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let terminal = Terminal::open();
    let mut child = terminal.start(&mut program(&on_instance(&["token", "--timeout", "60s"], &simulator.metadata_url())));
    terminal.shows("waiting for a token (vpc_instance: default trusted profile");
    // It would go on waiting.
    assert_eq!(child.try_wait().unwrap(), None);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A command under `exec --token-file`, run by `runner`, that tells of its signals; it has begun.
fn telling(terminal: &Terminal, metadata: &str, runner: &[&str]) -> Child {
    let script = "trap 'echo interrupted' INT; trap 'echo told' USR1; trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done";
    // A session of its own, so that the terminal's interrupts arrive.
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait", env!("CARGO_BIN_EXE_trusted-profile")]);
    command.args(on_instance(&["exec", "--token-file"], metadata)).arg("--").args(runner).args(["sh", "-c", script]);
    let child = terminal.start(&mut command);
    terminal.shows("ready");
    child
}

#[test]
fn the_terminals_interrupt_reaches_the_command() {
    let simulator = seeded();
    let terminal = Terminal::open();
    let mut child = telling(&terminal, &simulator.metadata_url(), &[]);
    (&terminal.keyboard).write_all(&[3]).unwrap();
    terminal.shows("interrupted");
    kill_process(child_of(child.id()), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

#[test]
fn the_terminals_interrupt_is_not_passed_on_as_well() {
    let simulator = seeded();
    let terminal = Terminal::open();
    // In another session the command has from the terminal nothing, so that whatever arrives was passed on: of two at
    // once it would see one.
    let mut child = telling(&terminal, &simulator.metadata_url(), &["setsid"]);
    let program = child_of(child.id());
    for round in 1..=3 {
        (&terminal.keyboard).write_all(&[3]).unwrap();
        // The terminal shows what was typed after it has sent its signal.
        eventually("the interrupt", || (terminal.shown().matches("^C").count() == round).then_some(()));
        kill_process(program, Signal::USR1).unwrap();
        eventually("the next signal", || (terminal.shown().matches("told").count() == round).then_some(()));
        assert!(!terminal.shown().contains("interrupted"), "{}", terminal.shown());
    }
    // One that was sent by a process is passed on.
    kill_process(program, Signal::INT).unwrap();
    terminal.shows("interrupted");
    kill_process(program, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

/// The process that runs the program: `setsid` itself, or the child that it had to make.
fn child_of(id: u32) -> Pid {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let name = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap();
    let id = if name.trim() == "setsid" { children.trim().parse().unwrap() } else { i32::try_from(id).unwrap() };
    Pid::from_raw(id).unwrap()
}
