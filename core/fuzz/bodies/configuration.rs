//! Whatever the settings: a source or an error, no panic, and no secret in anything that is shown.
//!
//! The input is text: the service, variables as `NAME=value` a line each, an empty line, a credential file.

use std::collections::BTreeMap;
use trusted_profile_core::config::{CredentialFile, Owner, Place, Surroundings, choose, credential_files, detect};
use trusted_profile_core::token::{FileProblem, Policy};
use trusted_profile_core::{Error, Secret, TokenManager};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (head, file) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.split('\n');
    let service = lines.next().unwrap_or_default();
    let variables: BTreeMap<String, Secret> =
        lines.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
    let secrets = secrets_of(text);
    let found = |files| Surroundings { variables: variables.clone(), files, token_folders: Vec::new() };
    let at = |place, content| CredentialFile { place, path: "/app/ibm-credentials.env".to_owned(), content, owner: None };
    let there = |place| at(place, Ok(Secret::new(file)));
    let without = shown(service, &found(Vec::new()), &secrets);
    for place in [Place::Named, Place::WorkingDirectory, Place::Home] {
        let with = shown(service, &found(vec![there(place)]), &secrets);
        assert!(!file.is_empty() || with == without, "an empty file changed {without:?} to {with:?}");
    }
    // R20: what somebody else may have written changes nothing.
    let owner = Some(Owner { owner: 1001, user: 1000, mode: 0o100_600, link_owner: None });
    let foreign = CredentialFile { owner, ..there(Place::WorkingDirectory) };
    assert_eq!(shown(service, &found(vec![foreign]), &secrets), without);
    assert_eq!(shown(service, &found(vec![at(Place::Home, Err(FileProblem::NotText))]), &secrets), without);
    assert!(shown(service, &found(vec![at(Place::Named, Err(FileProblem::NotFound))]), &secrets).is_err());
    detection_is_told_by_marks(&found(Vec::new()));
    assert!(credential_files(&variables, Some("/app")).len() <= 2);
}

/// The source, or the error; whatever goes with either has to be fit to be shown.
fn shown(service: &str, found: &Surroundings, secrets: &[String]) -> Result<String, String> {
    let refused = |error: &Error| {
        assert!(!error.message().chars().any(char::is_control), "{:?}", error.message());
        error.message().to_owned()
    };
    let mut everything = String::new();
    let result = choose(service, found).map_err(|error| (refused(&error), format!("{error} {error:?}"))).and_then(|chosen| {
        everything = format!("{chosen:?}");
        let source = chosen.into_source().map_err(|error| (refused(&error), format!("{error} {error:?}")))?;
        let machine = TokenManager::new(source.clone(), Policy::default(), 1);
        assert!(machine.is_ok(), "a source that was chosen is refused: {source}");
        everything.push_str(&format!("{source} {source:?}"));
        Ok(source.to_string())
    });
    let result = result.map_err(|(message, error)| {
        everything.push_str(&error);
        message
    });
    everything.make_ascii_uppercase();
    for secret in secrets {
        assert!(!everything.contains(secret), "{secret:?} in {everything}");
    }
    result
}

/// R21: a container exactly where something says so.
fn detection_is_told_by_marks(found: &Surroundings) {
    let marks = ["KUBERNETES_SERVICE_HOST", "CE_APP", "CE_JOB", "CE_FUNCTION"];
    let is_marked = marks.iter().any(|name| found.variables.get(*name).is_some_and(|value| !value.is_empty()));
    assert_eq!(detect(found).source == "container", is_marked);
}

/// The secrets in the text, in upper case: values of secret settings that look like keys and stand nowhere else,
/// since the same text may also be a name that is shown.
fn secrets_of(text: &str) -> Vec<String> {
    let names = ["APIKEY", "CLIENT_SECRET", "BEARER_TOKEN", "PASSWORD", "REFRESH_TOKEN", "IBMCLOUD_API_KEY", "IBMCLOUD_CR_TOKEN"];
    let is_secret = |name: &str| names.iter().any(|secret| name.trim().ends_with(secret));
    // The first line is the program's own argument.
    let lines = || text.lines().skip(1);
    // One who writes `:` for `=` means a key nevertheless.
    let of_lines = lines().filter_map(|line| line.split_once(['=', ':'])).filter(|(name, _)| is_secret(name)).map(|(_, value)| value);
    let keys = ["\"apikey\":", "\"iam_apikey\":", "\"password\":"];
    let json = lines().find(|line| line.starts_with("VCAP_SERVICES=")).unwrap_or_default();
    let of_json = keys.iter().flat_map(|key| json.split(key).skip(1)).filter_map(|rest| rest.trim_start().split('"').nth(1));
    let spelt = |text: &str| text.to_ascii_uppercase().replace(['-', ' '], "_");
    let all = spelt(text);
    let looks_like_a_key = |secret: &&str| {
        secret.len() >= 12
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && secret.bytes().any(|b| b.is_ascii_digit())
            && all.matches(&spelt(secret)).count() == 1
    };
    let values = of_lines.chain(of_json).map(|value| value.trim().trim_matches(['"', '\'', '=']));
    values.filter(looks_like_a_key).map(str::to_ascii_uppercase).collect()
}
