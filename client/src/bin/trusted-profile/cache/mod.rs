//! Tokens that outlive a run: opt-in, private to the user, and dropped at a reboot.

mod folder;
mod kept;
mod name;
mod subject;

use crate::atomic_file;
use crate::exit::{Exit, Failure};
use crate::print::note;
use crate::runtime_folder;
use crate::token::Token;
use kept::Kept;
use std::path::{Path, PathBuf};
use trusted_profile::SourceOptions;

/// The place of one source's token.
pub(crate) struct Cache {
    path: PathBuf,
}

impl Cache {
    /// The cache of a source. Options that differ in anything have caches of their own. There is none for a
    /// container whose token file cannot be read: fetching will tell why.
    pub(crate) fn open(options: &SourceOptions, ca_bundle: Option<&Path>) -> Result<Option<Self>, Failure> {
        let user = runtime_folder::user();
        let folder = folder::private(user)
            .map_err(|why| Failure::new(Exit::Configuration, format!("--cache: {why}; set XDG_RUNTIME_DIR, or leave --cache out")))?;
        Ok(name::of(options, ca_bundle, user).map(|name| Self { path: folder.join(name) }))
    }

    /// The token of an earlier run, if both clocks say that it is usable. A file that is not as this
    /// program writes it is left out, and that is said.
    pub(crate) fn read(&self) -> Option<Token> {
        let user = runtime_folder::user();
        match folder::read(&self.path, user).and_then(|text| text.map(|text| Kept::parse(&text)).transpose()) {
            Ok(kept) => kept?.into_token(trusted_profile::now()),
            Err(why) => {
                note(format!("--cache: {} is left out: {why}", self.path.display()));
                None
            }
        }
    }

    /// Keeps `token` for the next run. That it cannot be kept is no reason to fail.
    pub(crate) fn write(&self, token: &Token) {
        let text = Kept::text(token);
        let written = text.and_then(|text| atomic_file::write(&self.path, text.expose().as_bytes()).map_err(|error| error.to_string()));
        if let Err(why) = written {
            note(format!("--cache: {} cannot be written: {why}", self.path.display()));
        }
    }
}
