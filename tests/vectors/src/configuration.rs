//! What settings choose: the surroundings of a program, as a wrapper would find them.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trusted_profile_core::config::{self, Configuration, CredentialFile, Owner, Surroundings};
use trusted_profile_core::token::FileProblem;
use trusted_profile_core::{Error, ErrorCode, Secret};

/// The surroundings of a program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The service whose settings are looked for.
    pub service: String,
    /// All environment variables.
    pub variables: BTreeMap<String, Secret>,
    /// Absent where there is none.
    #[serde(default)]
    pub working_directory: Option<String>,
    /// The files that exist.
    #[serde(default)]
    pub files: Vec<File>,
    /// The marks of a container that exist.
    #[serde(default)]
    pub token_folders: Vec<String>,
}

/// A file that exists.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its absolute path.
    pub path: String,
    /// What it holds.
    #[serde(default)]
    pub text: Option<String>,
    /// Or why that cannot be had: `denied`, `too_large` or `not_text`.
    #[serde(default)]
    pub problem: Option<String>,
    /// The user id of its owner, if the system has such a thing.
    #[serde(default)]
    pub owner: Option<u32>,
    /// If the path is a link: the user id of the link's owner.
    #[serde(default)]
    pub link_owner: Option<u32>,
    /// The user id of the program.
    #[serde(default)]
    pub user: u32,
    /// The permission bits.
    #[serde(default)]
    pub mode: u32,
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

impl Given {
    /// The surroundings as the member `given` of a case tells them.
    ///
    /// # Errors
    /// `Internal` when it tells something else.
    pub fn read(given: &Value) -> Result<Self, Error> {
        serde_json::from_value(given.clone()).map_err(|e| Error::new(ErrorCode::Internal, e.to_string()))
    }

    /// What the core chooses here.
    ///
    /// # Errors
    /// `InvalidArgument` names the setting that cannot be used.
    pub fn choose(&self) -> Result<Configuration, Error> {
        let places = config::credential_files(&self.variables, self.working_directory.as_deref());
        let files = places.into_iter().map(|(place, path)| {
            let file = self.files.iter().find(|file| file.path == path);
            let owner =
                file.and_then(|file| Some(Owner { owner: file.owner?, user: file.user, mode: file.mode, link_owner: file.link_owner }));
            CredentialFile { place, path, content: file.map_or(Err(FileProblem::NotFound), File::content), owner }
        });
        let (variables, token_folders) = (self.variables.clone(), self.token_folders.clone());
        config::choose(&self.service, &Surroundings { files: files.collect(), variables, token_folders })
    }
}

/// What the settings in `given` choose, without empty members.
pub(crate) fn read(given: &Value) -> Result<Value, Error> {
    let chosen = Given::read(given)?.choose()?;
    let source = chosen.clone().into_source()?;
    let settings: BTreeMap<&str, &str> = chosen.settings.iter().map(|setting| (setting.option, setting.origin.as_str())).collect();
    let mut shown =
        json!({ "source": source.to_string(), "reason": chosen.reason, "settings": settings, "passed_over": chosen.passed_over });
    if let Value::Object(members) = &mut shown {
        members.retain(|_, member| *member != json!([]) && *member != json!({}));
    }
    Ok(shown)
}
