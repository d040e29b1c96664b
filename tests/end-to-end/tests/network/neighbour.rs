//! Other machines of the same network.

use crate::machine::run;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A network namespace beside this process's own, for as long as this value lives.
pub(crate) struct Neighbour {
    /// It lives there, and ends when its input does.
    keeper: Child,
}

impl Neighbour {
    pub(crate) fn new() -> Self {
        let keep = ["-n", "sh", "-c", "echo there; exec cat"];
        let mut keeper = Command::new("unshare").args(keep).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "there\n");
        Self { keeper }
    }

    /// For `ip link set ... netns`.
    pub(crate) fn id(&self) -> u32 {
        self.keeper.id()
    }

    /// For `nsenter`.
    pub(crate) fn network(&self) -> String {
        format!("--net=/proc/{}/ns/net", self.id())
    }

    /// Runs a program there that has to succeed.
    pub(crate) fn run(&self, command: &str) {
        run(Command::new("nsenter").arg(self.network()).args(command.split_whitespace()));
    }

    /// From here on it passes on what is not meant for itself.
    pub(crate) fn forward(&self) {
        run(Command::new("nsenter").arg(self.network()).args(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]));
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}
