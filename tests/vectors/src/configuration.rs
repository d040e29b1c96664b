//! What settings choose: the surroundings of a program, as a wrapper would find them.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trusted_profile_core::config::{self, CredentialFile, Owner, Surroundings};
use trusted_profile_core::token::FileProblem;
use trusted_profile_core::{Error, ErrorCode, Secret};

/// The surroundings of a program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    service: String,
    variables: BTreeMap<String, Secret>,
    #[serde(default)]
    working_directory: Option<String>,
    /// The files that exist.
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    token_folders: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    problem: Option<String>,
    #[serde(default)]
    owner: Option<u32>,
    #[serde(default)]
    user: u32,
    #[serde(default)]
    mode: u32,
}

impl File {
    fn content(&self) -> Result<Secret, FileProblem> {
        match (&self.text, self.problem.as_deref()) {
            (Some(text), _) => Ok(Secret::new(text)),
            (None, Some("denied")) => Err(FileProblem::Denied),
            (None, Some("too_large")) => Err(FileProblem::TooLarge),
            (None, Some("not_text")) => Err(FileProblem::NotText),
            (None, _) => Err(FileProblem::NotFound),
        }
    }
}

/// What the settings in `given` choose, without empty members.
pub(crate) fn read(given: &Value) -> Result<Value, Error> {
    let given: Given = serde_json::from_value(given.clone()).map_err(|e| Error::new(ErrorCode::Internal, e.to_string()))?;
    let files = config::credential_files(&given.variables, given.working_directory.as_deref()).into_iter().map(|(place, path)| {
        let file = given.files.iter().find(|file| file.path == path);
        let owner = file.and_then(|file| Some(Owner { owner: file.owner?, user: file.user, mode: file.mode }));
        CredentialFile { place, path, content: file.map_or(Err(FileProblem::NotFound), File::content), owner }
    });
    let found = Surroundings { files: files.collect(), variables: given.variables, token_folders: given.token_folders };
    let chosen = config::choose(&given.service, &found)?;
    let source = chosen.clone().into_source()?;
    let settings: BTreeMap<&str, &str> = chosen.settings.iter().map(|setting| (setting.option, setting.origin.as_str())).collect();
    let mut shown =
        json!({ "source": source.to_string(), "reason": chosen.reason, "settings": settings, "passed_over": chosen.passed_over });
    if let Value::Object(members) = &mut shown {
        members.retain(|_, member| *member != json!([]) && *member != json!({}));
    }
    Ok(shown)
}
