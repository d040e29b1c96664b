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
    /// What a missing setting would be called.
    prefix: String,
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
        let Self { options, reason, settings, passed_over, prefix } = self;
        options.check().map_err(|invalid| {
            let origins = settings.iter().filter(|setting| setting.option.starts_with(invalid.argument));
            let error = origins
                .fold(Error::from(invalid.clone()), |error, setting| error.with_note(format!("{} is {}", setting.option, setting.origin)));
            let error = match invalid.argument {
                "profile" if invalid.given.is_empty() => {
                    error.with_note(format!("name the trusted profile by {prefix}IAM_PROFILE_ID or {prefix}IAM_PROFILE_NAME"))
                }
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
    let variables = || Ok(Some(Properties::of_variables(&prefix, &found.variables)));
    let vcap = || vcap::properties(service, found);
    let mut chosen = match first_that_speaks([&|| Ok(files.clone()), &variables, &vcap], &mut passed_over)? {
        Some(properties) => source::read(&prefix, properties)?,
        None => match command_line::read(&prefix, found)? {
            Some(chosen) => chosen,
            None => detect(found).into_configuration(&prefix),
        },
    };
    passed_over.append(&mut chosen.passed_over);
    Ok(Configuration { passed_over, ..chosen })
}

type Reader<'a> = &'a dyn Fn() -> Result<Option<Properties>, Error>;

/// The first place that says how to authenticate. One that speaks of other things is told about.
fn first_that_speaks(places: [Reader<'_>; 3], passed_over: &mut Vec<String>) -> Result<Option<Properties>, Error> {
    for read in places {
        let Some(properties) = read()? else { continue };
        if properties.speak_of_authentication() {
            return Ok(Some(properties));
        }
        passed_over.extend(properties.others());
    }
    Ok(None)
}

/// A setting that cannot be used. The value is shown by whoever knows that it is no secret.
fn refuse(name: &str, origin: &str, what: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("{name}: {what}")).with_note(format!("{name} was found in {origin}"))
}
