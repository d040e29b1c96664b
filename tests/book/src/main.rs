//! Says which links of the book lead nowhere: `book FOLDER`, where it was built.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_default();
    match book::rendered::follow(Path::new(&folder)) {
        Ok(links) if links.broken.is_empty() && links.inside > 0 => {
            println!("book: {} links, all lead somewhere", links.inside);
            ExitCode::SUCCESS
        }
        Ok(links) => {
            eprintln!("of {} links, these lead nowhere:\n{}", links.inside, links.broken.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
