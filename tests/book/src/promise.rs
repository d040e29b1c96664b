//! What a program of the book may not get wrong although it runs.

/// A program whose first lines do not say how it is run: its arguments, its variables, the settings it goes by.
///
/// # Errors
/// What they do not say.
pub(crate) fn is_told(language: &str, shown: &str) -> Result<(), String> {
    // What the first lines are followed by, and how the program takes its arguments and says how it is run with them.
    let (end, takes, says) = match language {
        "rust" => ("\nuse ", "env::args()", "cargo run --"),
        "python" => ("from __future__", "sys.argv", "python "),
        "ts" => ("\nimport ", "process.argv", "node "),
        "go" => ("\npackage main", "os.Args", "go run ./examples/"),
        "c" => ("\n#include", "arguments[1]", " ./"),
        "kotlin" => ("\nimport ", "arguments.", "`"),
        "java" => ("public final class", "arguments[0]", "{@code "),
        _ => return Ok(()),
    };
    let Some((head, code)) = shown.split_once(end) else {
        // A part of a program, from the middle.
        return Ok(());
    };
    let mut wanted: Vec<&str> = code.contains(takes).then_some(says).into_iter().collect();
    // Each `os.Getenv("NAME")`.
    wanted.extend(code.split("os.Getenv(\"").skip(1).filter_map(|rest| rest.split('"').next()));
    if ["from_environment", "fromEnvironment", "FromEnvironment"].iter().any(|source| code.contains(source)) {
        // By whatever prefix.
        wanted.push("_AUTH_TYPE=");
    }
    match wanted.iter().find(|words| !head.contains(**words)) {
        Some(words) => Err(format!("its first lines say nothing of {words}")),
        None => Ok(()),
    }
}

/// A program that waits for the first boot to be over, and gives up sooner than that.
///
/// # Errors
/// What gives up.
pub(crate) fn is_patient(shown: &str) -> Result<(), String> {
    // How each language limits the time of one caller.
    const LIMITS: &[&str] =
        &["(timeout", "{ timeout", ".token(Some(", "timeout(", "WithTimeout(", "tokenBlocking(Duration", "tp_provider_token(tokens, 1"];
    let waits = ["wait_until_ready", "waitUntilReady", "WaitUntilReady"].iter().any(|policy| shown.contains(policy));
    match LIMITS.iter().find(|limit| waits && shown.contains(**limit)) {
        Some(limit) => Err(format!("it waits until it is ready, but not for longer than {limit}... allows")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_say_what_a_program_takes() {
        let go = |head: &str| format!("// Command x is one.\n//{head}\npackage main\n\nx := os.Getenv(\"METADATA_URL\")");
        assert!(is_told("go", &go(" On a laptop METADATA_URL is there.")).is_ok());
        assert_eq!(is_told("go", &go("")), Err("its first lines say nothing of METADATA_URL".to_owned()));
        let c = "/* A token:   ./token */\n#include <stdio.h>\ntp_provider_from_environment(x)";
        assert!(is_told("c", c).is_err());
        assert!(is_told("c", &c.replace("./token", "TRUSTED_PROFILE_AUTH_TYPE=vpc ./token")).is_ok());
        assert!(is_told("rust", "//! It lists.\n\nuse x;\nstd::env::args()").is_err());
        assert!(is_told("rust", "//! It lists: `cargo run --example x`.\n\nuse x;\nstd::env::args()").is_ok());
    }

    #[test]
    fn who_waits_has_no_other_limit() {
        assert!(is_patient("tokens.tokenBlocking(Duration.ofSeconds(30))").is_ok());
        assert!(is_patient("policy.setWaitUntilReady(x); tokens.tokenBlocking(null)").is_ok());
        assert!(is_patient("policy.setWaitUntilReady(x); tokens.tokenBlocking(Duration.ofSeconds(30))").is_err());
        assert!(is_patient("{\"wait_until_ready\": 300000} tp_provider_token(tokens, 15000)").is_err());
    }
}
