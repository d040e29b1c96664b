//! What a program's surroundings say of its source: IBM's settings, credential files, and the kind of compute.

use super::machine::Machine;
use crate::error::{invalid, thrown};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use trusted_profile_core::Secret;
use trusted_profile_core::config::{self, CredentialFile, Owner, Place, Surroundings, TOKEN_FOLDERS};
use trusted_profile_core::token::FileProblem;
use trusted_profile_core::wire::to_text;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The surroundings of a program: its variables first, then what they say has to be looked at.
#[wasm_bindgen]
pub struct Environment {
    found: Surroundings,
}

/// A file that was looked at: the index of its place, its path, its text or why there is none, and who owns it.
#[derive(Deserialize)]
struct Seen(usize, String, Option<Secret>, Option<String>, Option<[u32; 3]>, Option<u32>);

const PLACES: [Place; 3] = [Place::Named, Place::WorkingDirectory, Place::Home];

#[wasm_bindgen]
impl Environment {
    /// `variables` is a JSON object of texts.
    #[wasm_bindgen(constructor)]
    pub fn new(variables: &str) -> Result<Self, JsValue> {
        let variables: BTreeMap<String, Secret> =
            serde_json::from_slice(variables.as_bytes()).map_err(|_| invalid("variables: expected an object of texts"))?;
        Ok(Self { found: Surroundings { variables, ..Surroundings::default() } })
    }

    /// What to look at: files, as pairs of the index of a place and a path, and folders.
    pub fn wanted(&self, working_directory: Option<String>) -> String {
        let files = config::credential_files(&self.found.variables, working_directory.as_deref());
        let index = |place: Place| PLACES.iter().position(|other| *other == place);
        let files: Vec<_> = files.into_iter().map(|(place, path)| json!([index(place), path])).collect();
        to_text(&json!({ "files": files, "folders": TOKEN_FOLDERS }))
    }

    /// What was seen: a JSON list of files, and one of the folders that exist.
    pub fn saw(&mut self, files: &str, folders: &str) -> Result<(), JsValue> {
        let unfit = |_| invalid("files: expected a list of files and one of folders");
        let files: Vec<Seen> = serde_json::from_slice(files.as_bytes()).map_err(unfit)?;
        self.found.files = files.into_iter().filter_map(credential_file).collect();
        self.found.token_folders = serde_json::from_slice(folders.as_bytes()).map_err(unfit)?;
        Ok(())
    }

    /// Why the source of `service` is what it is, as JSON: `reason`, `settings`, `passed_over`.
    pub fn choice(&self, service: &str) -> Result<String, JsValue> {
        let chosen = config::choose(service, &self.found).map_err(|e| thrown(&e))?;
        let settings: Vec<_> =
            chosen.settings.iter().map(|setting| json!({ "option": setting.option, "origin": setting.origin })).collect();
        Ok(to_text(&json!({ "reason": chosen.reason, "settings": settings, "passed_over": chosen.passed_over })))
    }
}

#[wasm_bindgen]
impl Machine {
    /// A machine for the source that the surroundings of a program say `service` has.
    pub fn of_environment(environment: &Environment, service: &str, policy: &str, known: &str, seed: u64) -> Result<Self, JsValue> {
        let source = config::choose(service, &environment.found).and_then(config::Configuration::into_source);
        Self::of(source.map_err(|e| thrown(&e))?, policy, known, seed)
    }
}

fn credential_file(Seen(place, path, text, problem, owner, link_owner): Seen) -> Option<CredentialFile> {
    let content = match text {
        Some(text) => Ok(text),
        None => Err(problem.as_deref().and_then(FileProblem::from_name).unwrap_or(FileProblem::Denied)),
    };
    let owner = owner.map(|[owner, user, mode]| Owner { owner, user, mode, link_owner });
    Some(CredentialFile { place: *PLACES.get(place)?, path, content, owner })
}
