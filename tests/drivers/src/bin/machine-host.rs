//! Serves one machine over standard input and output. For the proof in this crate only.

use drivers::host::Host;
use serde_json::json;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut host = Host::default();
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let reply = host.answer(&line?).unwrap_or_else(|words| json!({ "do": "refused", "why": words }));
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}
