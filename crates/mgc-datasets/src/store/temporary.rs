//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Error, Result};

/// Nobody writes that long without touching the file: what is older was left behind by a killed process.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A file that nobody else sees until it is put in place by [`rename`](Self::rename); removed if it never is.
pub(super) struct Temporary {
    path: PathBuf,
    pub(super) file: File,
}

impl Temporary {
    /// A new file in the folder `tmp` of a store, which lies on the same file system as the rest.
    ///
    /// Its name is that of no other file: creation fails where one exists, also across machines, and the next name is tried.
    pub(super) fn new(store: &Path) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = folder(store);
        loop {
            let name = format!("{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let path = folder.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { path, file }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_dir() => {
                    fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
                }
                Err(error) => return Err(Error::io(&path)(error)),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in place, in one step, over what lies there.
    pub(super) fn rename(self, to: &Path) -> Result<()> {
        fs::rename(&self.path, to).map_err(Error::io(to))
    }

    /// The same, and it is on the disk before it appears and stays there through a power cut.
    pub(super) fn rename_durably(self, to: &Path) -> Result<()> {
        self.file.sync_all().map_err(Error::io(&self.path))?;
        self.rename(to)?;
        // Elsewhere a folder cannot be opened as a file, and the system sees to it.
        #[cfg(unix)]
        if let Some(folder) = to.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    /// After the rename there is nothing under this name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes what killed processes left behind.
pub(super) fn sweep(store: &Path) {
    let Ok(entries) = fs::read_dir(folder(store)) else { return };
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|data| data.modified()).map(|time| time.elapsed());
        if matches!(age, Ok(Ok(age)) if age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn folder(store: &Path) -> PathBuf {
    store.join("tmp")
}
