//! Settings that programs on IBM Cloud already have: the environment variables, the credential file and
//! the `VCAP_SERVICES` of IBM's SDKs, the variables of IBM's command line, and, where there are none, what
//! kind of compute this is. Parsing only: the wrapper looks around, [`choose`] decides.
//!
//! ```
//! use trusted_profile_core::config::{self, Surroundings};
//! use trusted_profile_core::Secret;
//!
//! # fn main() -> Result<(), trusted_profile_core::Error> {
//! let variables = [("MY_SERVICE_AUTH_TYPE", "container"), ("MY_SERVICE_IAM_PROFILE_NAME", "worker")];
//! let variables = variables.map(|(name, value)| (name.to_owned(), Secret::new(value)));
//! let found = Surroundings { variables: variables.into(), ..Surroundings::default() };
//! let chosen = config::choose("my-service", &found)?;
//! assert_eq!(chosen.reason, "MY_SERVICE_AUTH_TYPE in the environment says container");
//! let source = chosen.into_source()?;
//! assert_eq!(source.to_string(), "container: profile_name worker, token file in a default place, endpoint public");
//! # Ok(())
//! # }
//! ```

mod command_line;
mod credential_file;
mod detect;
mod names;
mod properties;
mod source;
mod surroundings;
mod vcap;

pub use detect::{Detected, detect};
pub use surroundings::{CredentialFile, Owner, Place, Surroundings, TOKEN_FOLDERS, credential_files};

use crate::error::{Error, ErrorCode};
use crate::token::{Source, SourceOptions};
use properties::Properties;

/// The service whose settings are read when a program names none: `TRUSTED_PROFILE_AUTH_TYPE` and so on.
pub const DEFAULT_SERVICE: &str = "trusted-profile";

/// A source that was found in the program's surroundings, and why it is this one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// The source's options.
    pub options: SourceOptions,
    /// Why this source, in one line.
    pub reason: String,
    /// Where each option comes from.
    pub settings: Vec<Setting>,
    /// What was found and not used, each with the reason.
    pub passed_over: Vec<String>,
    /// The settings that would name the profile.
    profile_settings: String,
}

/// Where an option comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The option, such as `profile_id`.
    pub option: &'static str,
    /// The variable, or the property with file and line.
    pub origin: String,
}

impl Configuration {
    /// The source. An error tells where the option in question was found.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that is missing or cannot be used.
    pub fn into_source(self) -> Result<Source, Error> {
        let Self { options, reason, settings, passed_over, profile_settings } = self;
        options.check().map_err(|invalid| {
            let origins = settings.iter().filter(|setting| setting.option.starts_with(invalid.argument));
            let error = origins
                .fold(Error::from(invalid.clone()), |error, setting| error.with_note(format!("{} is {}", setting.option, setting.origin)));
            let error = match invalid.argument {
                "profile" if invalid.given.is_empty() => error.with_note(format!("name the trusted profile by {profile_settings}")),
                _ => error,
            };
            let error = error.with_note(format!("the source was chosen because {reason}"));
            passed_over.iter().fold(error, |error, other| error.with_note(format!("passed over: {other}")))
        })
    }
}

/// Chooses the source of `service` from what was found around the program.
///
/// The first of these that says anything of authentication is used, and nothing is merged with it: the
/// credential file, environment variables, `VCAP_SERVICES`, the variables of IBM's command line. If none
/// does, the kind of compute decides ([`detect`]).
///
/// Source: the external configuration of IBM's SDK cores; what differs is listed in docs/configuration.md.
///
/// # Errors
/// `InvalidArgument` names the setting that cannot be used and where it was found.
pub fn choose(service: &str, found: &Surroundings) -> Result<Configuration, Error> {
    let prefix = names::prefix(service)?;
    let mut passed_over = Vec::new();
    let files = credential_file::properties(&prefix, found, &mut passed_over)?;
    let variables = Properties::of_variables(&prefix, &found.variables);
    // Read only if the other two say nothing, since it may be malformed and of no concern.
    let is_vcap_needed = ![files.as_ref(), Some(&variables)].into_iter().flatten().any(Properties::speak_of_authentication);
    let vcap = if is_vcap_needed { vcap::properties(service, found)? } else { vcap::properties(service, found).unwrap_or_default() };
    let (speaking, silent): (Vec<_>, Vec<_>) =
        [files, Some(variables), vcap].into_iter().flatten().partition(Properties::speak_of_authentication);
    passed_over.extend(silent.iter().flat_map(Properties::others));
    let mut speaking = speaking.into_iter();
    let mut chosen = match speaking.next() {
        Some(properties) => {
            let first = properties.place();
            passed_over.extend(speaking.flat_map(|later| later.too_late(&first)));
            passed_over.extend(command_line::too_late(found));
            source::read(&prefix, properties)?
        }
        None => command_line::read(found)?.unwrap_or_else(|| detect(found).into_configuration(&prefix)),
    };
    passed_over.append(&mut chosen.passed_over);
    Ok(Configuration { passed_over, ..chosen })
}

/// A setting that cannot be used. The value is shown by whoever knows that it is no secret.
fn refuse(name: &str, origin: &str, what: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("{name}: {what}")).with_note(format!("{name} was found in {origin}"))
}
