//! The variables of IBM's command line, `ibmcloud`.

use super::detect::detect;
use super::source::metadata_address;
use super::surroundings::Surroundings;
use super::{Configuration, Setting, refuse};
use crate::error::Error;
use crate::secret::Secret;
use crate::token::SourceOptions;

const CR_TOKEN: &str = "IBMCLOUD_CR_TOKEN";
const CR_PROFILE: &str = "IBMCLOUD_CR_PROFILE";
const CR_VPC_URL: &str = "IBMCLOUD_CR_VPC_URL";
const API_KEY: &str = "IBMCLOUD_API_KEY";

/// The source that the command line's variables describe, if any of them is set: a compute resource before
/// an API key.
///
/// Source: IBM Cloud CLI, "Setting environment variables".
///
/// # Errors
/// `InvalidArgument` names the variable.
pub(super) fn read(found: &Surroundings) -> Result<Option<Configuration>, Error> {
    let variable = |name: &str| found.variables.get(name).filter(|value| !value.is_empty());
    let (cr_token, profile, address, api_key) = (variable(CR_TOKEN), variable(CR_PROFILE), variable(CR_VPC_URL), variable(API_KEY));
    let mut chosen = Chosen::default();
    let reason = match (cr_token, address, profile, api_key) {
        (Some(_), Some(_), ..) => {
            return Err(refuse(CR_VPC_URL, "the environment", &format!("expected either this, on an instance, or {CR_TOKEN}, in a pod")));
        }
        (Some(cr_token), ..) => {
            chosen.options.source = "container".to_owned();
            chosen.cr_token(cr_token);
            format!("{CR_TOKEN} is set")
        }
        (None, Some(address), ..) => {
            chosen.options.source = "vpc_instance".to_owned();
            metadata_address(address.expose(), &mut chosen.options);
            chosen.settings.push(("endpoint", CR_VPC_URL));
            format!("{CR_VPC_URL} is set")
        }
        (None, None, Some(_), _) => {
            let detected = detect(found);
            chosen.options.source = detected.source.to_owned();
            format!("{CR_PROFILE} is set, and {}", detected.reason)
        }
        (None, None, None, Some(key)) if key.expose().starts_with('@') => {
            return Err(refuse(API_KEY, "the environment", "expected the key itself, since files are not read here"));
        }
        (None, None, None, Some(key)) => {
            chosen.options.source = "api_key".to_owned();
            chosen.options.api_key = Some(key.clone());
            chosen.settings.push(("api_key", API_KEY));
            format!("{API_KEY} is set")
        }
        (None, None, None, None) => return Ok(None),
    };
    if let Some(profile) = profile {
        chosen.profile(profile.expose())?;
    }
    let key_is_unused = api_key.is_some() && chosen.options.api_key.is_none();
    let passed_over = key_is_unused.then(|| format!("{API_KEY}: the variables of a compute resource come first"));
    Ok(Some(chosen.into_configuration(reason, passed_over.into_iter().collect())))
}

/// The command line's variables that are set where a service's own settings come first.
pub(super) fn too_late(found: &Surroundings) -> Vec<String> {
    let set = [CR_TOKEN, CR_PROFILE, CR_VPC_URL, API_KEY].into_iter();
    let set = set.filter(|name| found.variables.get(*name).is_some_and(|value| !value.is_empty()));
    set.map(|name| format!("{name} in the environment: the service's own settings come first")).collect()
}

#[derive(Default)]
struct Chosen {
    options: SourceOptions,
    settings: Vec<(&'static str, &'static str)>,
}

impl Chosen {
    /// The token itself, or `@` and the path of its file.
    fn cr_token(&mut self, value: &Secret) {
        match value.expose().strip_prefix('@') {
            Some(path) => {
                self.options.cr_token_file = Some(path.to_owned());
                self.settings.push(("cr_token_file", CR_TOKEN));
            }
            None => {
                self.options.cr_token = Some(Secret::new(value.expose().trim()));
                self.settings.push(("cr_token", CR_TOKEN));
            }
        }
    }

    /// The profile's name, id or CRN; to an instance it is known by id or CRN only.
    fn profile(&mut self, profile: &str) -> Result<(), Error> {
        let is_instance = self.options.source != "container";
        let (option, name) = match profile {
            crn if crn.starts_with("crn:") => (&mut self.options.profile_crn, "profile_crn"),
            id if id.starts_with("Profile-") => (&mut self.options.profile_id, "profile_id"),
            name if is_instance => {
                let what = format!("on an instance expected an id such as Profile-<uuid> or a CRN, got {name:?}");
                return Err(refuse(CR_PROFILE, "the environment", &what));
            }
            _ => (&mut self.options.profile_name, "profile_name"),
        };
        *option = Some(profile.to_owned());
        self.settings.push((name, CR_PROFILE));
        Ok(())
    }

    fn into_configuration(self, reason: String, passed_over: Vec<String>) -> Configuration {
        let settings = self.settings.into_iter();
        let settings = settings.map(|(option, variable)| Setting { option, origin: format!("{variable} in the environment") });
        Configuration { options: self.options, reason, settings: settings.collect(), passed_over, profile_settings: CR_PROFILE.to_owned() }
    }
}
