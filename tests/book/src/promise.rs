//! What a program of the book may not get wrong although it runs.

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
    fn who_waits_has_no_other_limit() {
        assert!(is_patient("tokens.tokenBlocking(Duration.ofSeconds(30))").is_ok());
        assert!(is_patient("policy.setWaitUntilReady(x); tokens.tokenBlocking(null)").is_ok());
        assert!(is_patient("policy.setWaitUntilReady(x); tokens.tokenBlocking(Duration.ofSeconds(30))").is_err());
        assert!(is_patient("{\"wait_until_ready\": 300000} tp_provider_token(tokens, 15000)").is_err());
    }
}
