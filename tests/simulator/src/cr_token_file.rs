//! A CR-token file that is written and rotated as the kubelet does it.
//!
//! The kubelet writes each version into a directory of its own and then swaps one symbolic link, so
//! a reader sees the old token or the new one and never a part:
//!
//! ```text
//! sa-token -> ..data/sa-token
//! ..data -> ..2026_07_01_10_00_00.123456789
//! ..2026_07_01_10_00_00.123456789/sa-token
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;

use crate::account::ServiceAccountToken;
use crate::clock::Moment;
use crate::identifiers;
use crate::service::Service;
use crate::world::World;

/// A token file in a directory, kept up to date until it is stopped or its simulator ends. The files
/// stay.
pub struct CrTokenFile {
    id: String,
    directory: PathBuf,
    file_name: String,
    token: ServiceAccountToken,
    world: Weak<World>,
    /// Held while writing, so that rotations do not mix.
    writing: Mutex<()>,
    timer: Mutex<Option<AbortHandle>>,
}

impl CrTokenFile {
    pub(crate) fn start(
        world: &Arc<World>,
        directory: &Path,
        file_name: &str,
        token: ServiceAccountToken,
        every: Option<Duration>,
    ) -> io::Result<Arc<Self>> {
        let file = Arc::new(Self {
            id: identifiers::uuid(),
            directory: directory.to_path_buf(),
            file_name: file_name.to_owned(),
            token,
            world: Arc::downgrade(world),
            writing: Mutex::new(()),
            timer: Mutex::new(None),
        });
        fs::create_dir_all(directory)?;
        file.rotate()?;
        if let Some(every) = every {
            file.rotate_every(world, every);
        }
        world.token_files().push(Arc::clone(&file));
        Ok(file)
    }

    fn rotate_every(self: &Arc<Self>, world: &World, every: Duration) {
        let file = Arc::downgrade(self);
        let mut stop = world.stop.subscribe();
        let task = world.runtime.spawn(async move {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(every) => {}
                    _ = stop.changed() => return,
                }
                match file.upgrade() {
                    // A directory that has gone away is no reason to stop the simulator.
                    Some(file) => drop(file.rotate()),
                    None => return,
                }
            }
        });
        *self.timer.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    /// Names this file in the control API.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The path a pod would read.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.file_name)
    }

    /// Mints a fresh token and puts it in place.
    ///
    /// # Errors
    /// If the directory cannot be written, or the token's cluster does not exist.
    pub fn rotate(&self) -> io::Result<()> {
        let world =
            self.world.upgrade().filter(|world| !*world.stop.borrow()).ok_or_else(|| io::Error::other("the simulator has ended"))?;
        let token = {
            let account = world.account();
            let cluster = account
                .clusters
                .iter()
                .find(|cluster| cluster.id == self.token.cluster_id)
                .ok_or_else(|| io::Error::other("the token's cluster does not exist"))?;
            cluster.mint(&self.token, account.now(Service::Iam)).map_err(io::Error::other)?
        };
        self.write(token.as_bytes())
    }

    /// Puts any content in place of a token, in the same way.
    ///
    /// # Errors
    /// If the directory cannot be written.
    pub fn write(&self, content: &[u8]) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let version = version_name();
        let version_directory = self.directory.join(&version);
        fs::create_dir(&version_directory)?;
        let file = version_directory.join(&self.file_name);
        fs::write(&file, content)?;
        readable_by_all(&file)?;
        let data = self.directory.join("..data");
        let before = fs::read_link(&data).ok();
        let next = self.directory.join("..data_tmp");
        symlink(Path::new(&version), &next)?;
        fs::rename(&next, &data)?;
        if fs::symlink_metadata(self.path()).is_err() {
            symlink(&Path::new("..data").join(&self.file_name), &self.path())?;
        }
        if let Some(before) = before {
            fs::remove_dir_all(self.directory.join(before))?;
        }
        Ok(())
    }

    /// Ends the rotation by time. The file stays.
    pub fn stop(&self) {
        let mut timer = self.timer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(timer) = timer.take() {
            timer.abort();
        }
    }
}

impl Drop for CrTokenFile {
    fn drop(&mut self) {
        self.stop();
    }
}

/// `..2026_07_01_10_00_00.123456789`; the digits after the dot are random.
fn version_name() -> String {
    let now = Moment::now(0).calendar();
    let digits: String = identifiers::hex().chars().filter(char::is_ascii_digit).take(10).collect();
    format!(
        "..{:04}_{:02}_{:02}_{:02}_{:02}_{:02}.{digits}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    )
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn symlink(_target: &Path, _link: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "token files need symbolic links"))
}

#[cfg(unix)]
fn readable_by_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_path: &Path) -> io::Result<()> {
    Ok(())
}
