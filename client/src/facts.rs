//! What this machine is, as far as it shows: for the causes in errors, never for a decision.

use std::env;
use std::path::Path;
use trusted_profile_core::Facts;

/// Looks around once.
pub(crate) fn look() -> Facts {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let any = |names: &[&str]| names.iter().any(|name| is_set(name));
    // Other runtimes leave no such mark, so that its absence says nothing.
    let is_marked = Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists();
    Facts {
        container: is_marked.then_some(true),
        kubernetes: Some(is_set("KUBERNETES_SERVICE_HOST")),
        code_engine: Some(any(&["CE_APP", "CE_JOB", "CE_FUNCTION"])),
        proxy_set: Some(any(&["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])),
        arch: Some(env::consts::ARCH.to_owned()),
        os: Some(env::consts::OS.to_owned()),
    }
}
