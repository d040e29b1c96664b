//! What a program's surroundings say of its source: IBM's settings, credential files, and the kind of compute.

use crate::border::{answer, invalid, text};
use crate::result::{Outcome, tp_result};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::c_char;
use trusted_profile_core::config::{self, Configuration, CredentialFile, Owner, TOKEN_FOLDERS};
use trusted_profile_core::token::FileProblem;
use trusted_profile_core::{Error, Secret};

/// What somebody found who looked around.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Surroundings {
    variables: BTreeMap<String, Secret>,
    #[serde(default)]
    working_directory: Option<String>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    token_folders: Vec<String>,
}

/// A credential file that is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    #[serde(default)]
    text: Option<Secret>,
    #[serde(default)]
    problem: Option<String>,
    #[serde(default)]
    owner: Option<u32>,
    #[serde(default)]
    user: u32,
    #[serde(default)]
    mode: u32,
    #[serde(default)]
    link_owner: Option<u32>,
}

impl Surroundings {
    pub(crate) fn read(json: &str) -> Result<Self, Error> {
        // What is wrong with it may stand beside a secret, so that only the place is told.
        serde_json::from_slice(json.as_bytes()).map_err(|e| {
            invalid(format!(
                "surroundings: expected an object of variables, working_directory, files and token_folders, got something else at line {} column {}",
                e.line(),
                e.column()
            ))
        })
    }

    pub(crate) fn choose(self, service: &str) -> Result<Configuration, Error> {
        let places = config::credential_files(&self.variables, self.working_directory.as_deref());
        let file = |path: &str| self.files.iter().find(|file| file.path == path);
        let files = places.into_iter().map(|(place, path)| {
            let found = file(&path);
            let content = found.map_or(Err(FileProblem::NotFound), File::content);
            CredentialFile { place, content, owner: found.and_then(File::owner), path }
        });
        let files = files.collect();
        config::choose(service, &config::Surroundings { files, variables: self.variables, token_folders: self.token_folders })
    }
}

impl File {
    fn content(&self) -> Result<Secret, FileProblem> {
        match (&self.text, self.problem.as_deref()) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(problem)) => Err(FileProblem::from_name(problem).unwrap_or(FileProblem::Denied)),
            (None, None) => Err(FileProblem::NotFound),
        }
    }

    fn owner(&self) -> Option<Owner> {
        Some(Owner { owner: self.owner?, user: self.user, mode: self.mode, link_owner: self.link_owner })
    }
}

/// Which files and folders have to be looked at for `tp_configuration`.
///
/// `surroundings` is as there; `variables` and `working_directory` are enough. Returns `TP_JSON` with `files` and
/// `token_folders`, lists of paths, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_configuration_wanted(surroundings: *const c_char, surroundings_length: usize) -> *mut tp_result {
    answer(|| {
        // SAFETY: text and length are the caller's promise.
        let found = Surroundings::read(unsafe { text("surroundings", surroundings, surroundings_length) }?)?;
        let files = config::credential_files(&found.variables, found.working_directory.as_deref());
        let files: Vec<String> = files.into_iter().map(|(_, path)| path).collect();
        Ok(Some(Outcome::json(&json!({ "files": files, "token_folders": TOKEN_FOLDERS }))))
    })
}

/// Which source `service` has by IBM's settings, or by the kind of compute, and why.
///
/// `surroundings` is a JSON object of what was found: `variables`, an object of texts; `working_directory`; `files`, a list of
/// those that exist with their `path`, either `text` or `problem` (`denied`, `too_large` past 64 KiB, `not_text`) and, where
/// the system tells, `owner`, `user` (the effective one of this process), `mode` and, if the path is a link, `link_owner`;
/// `token_folders`, a list of those that exist.
///
/// Returns `TP_JSON` with `source`, `reason`, `settings` (each an `option` and its `origin`) and `passed_over`, without secrets, or
/// `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the setting that cannot be used, and where it was found.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_configuration(
    service: *const c_char,
    service_length: usize,
    surroundings: *const c_char,
    surroundings_length: usize,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: text and length are the caller's promise.
        let service = unsafe { text("service", service, service_length) }?;
        // SAFETY: as above.
        let surroundings = unsafe { text("surroundings", surroundings, surroundings_length) }?;
        let chosen = Surroundings::read(surroundings)?.choose(service)?;
        let settings: Vec<_> =
            chosen.settings.iter().map(|setting| json!({ "option": setting.option, "origin": setting.origin })).collect();
        let (reason, passed_over) = (chosen.reason.clone(), chosen.passed_over.clone());
        let source = chosen.into_source()?.to_string();
        Ok(Some(Outcome::json(&json!({ "source": source, "reason": reason, "settings": settings, "passed_over": passed_over }))))
    })
}

/// The version of this library, such as `0.1.0`, followed by a zero byte. It is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn tp_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
