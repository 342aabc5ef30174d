//! Files that appear whole or not at all.
//!
//! The store has its own, beside `mgc_files`: its rows are written by several threads before the file gets
//! its name, abandoned files are swept, and folders may be removed by another process meanwhile.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};

/// The age of an abandoned file. No build leaves a file untouched for that long, so a killed process has left
/// it.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The number of attempts: more than the times that a store is emptied while one row is written.
const ATTEMPTS: usize = 10;

/// A file without its final name until [`rename`](Self::rename) puts it in place; removed if that never
/// happens.
pub(crate) struct Temporary {
    path: PathBuf,
    /// Whether the file is in place: another process may now have a file of the old name.
    renamed: bool,
    pub(crate) file: File,
}

impl Temporary {
    /// Creates a file in the folder `tmp` of a store, on the same file system as the rest of it.
    ///
    /// Its name is unique even where machines share the folder: where the file exists, creation fails and
    /// another name is drawn.
    pub(crate) fn new(store: &Path) -> Result<Self> {
        loop {
            let path = unused(store);
            let open = || OpenOptions::new().read(true).write(true).create_new(true).open(&path);
            match with_folder(&path, open) {
                Ok(file) => return Ok(Self { path, renamed: false, file }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => {}
                Err(error) => return Err(Error::io(&path)(error)),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in place in one step, replacing any file there.
    pub(crate) fn rename(mut self, to: &Path) -> Result<()> {
        rename(&self.path, to).map_err(Error::io(to))?;
        self.renamed = true;
        Ok(())
    }

    /// Puts the file in place like [`rename`](Self::rename), and survives a power failure: the file is synced
    /// before it appears, its folder afterwards.
    pub(crate) fn rename_durably(self, to: &Path) -> Result<()> {
        self.file.sync_all().map_err(Error::io(&self.path))?;
        self.rename(to)?;
        // On other systems a folder cannot be opened as a file, and the system syncs it.
        #[cfg(unix)]
        if let Some(folder) = to.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the files of killed processes. Anything else stays: the store's folder may be somebody's home,
/// with a folder `tmp` of its own.
pub(crate) fn sweep(store: &Path) {
    let Ok(entries) = fs::read_dir(folder(store)) else { return };
    for entry in entries.flatten().filter(|entry| is_ours(&entry.file_name())) {
        let age = entry.metadata().and_then(|data| data.modified()).map(|time| time.elapsed());
        if matches!(age, Ok(Ok(age)) if age > ABANDONED) {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
        }
    }
}

/// Returns a random path in the folder `tmp`.
pub(crate) fn unused(store: &Path) -> PathBuf {
    folder(store).join(format!("{:016x}", random()))
}

/// Whether [`unused`] gives such names.
fn is_ours(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.len() == 16 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Renames a file or folder, and makes the folder that it goes to.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    with_folder(to, || fs::rename(from, to))
}

/// Removes a folder. Tries again if another process, which had found the folder before it was moved, has put
/// something there.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    let filled = |error: &io::Error| error.kind() == io::ErrorKind::DirectoryNotEmpty;
    attempt(filled, || fs::remove_dir_all(folder))
}

/// Performs an action on a path. If the folder above it is missing, makes that and tries again.
///
/// It tries several times, since another thread or process may make or remove that folder meanwhile
/// (`create_dir_all` reports that as `AlreadyExists` if it happens inside of it).
fn with_folder<T>(path: &Path, action: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let raced = |error: &io::Error| missing(error) || error.kind() == io::ErrorKind::AlreadyExists;
    attempt(raced, || match action() {
        Err(error) if missing(&error) => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            action()
        }
        done => done,
    })
}

/// Repeats an action while it fails for this reason, at most [`ATTEMPTS`] times.
fn attempt<T>(again: impl Fn(&io::Error) -> bool, action: impl Fn() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..ATTEMPTS {
        match action() {
            Err(error) if again(&error) => {}
            done => return done,
        }
    }
    action()
}

/// Returns a number that differs from call to call and from process to process.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn folder(store: &Path) -> PathBuf {
    store.join("tmp")
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn threads_that_begin_a_store_at_once_all_get_a_file() {
        for _ in 0..200 {
            let (root, start) = (tempfile::tempdir().unwrap(), Barrier::new(4));
            let store = root.path().join("store");
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        start.wait();
                        Temporary::new(&store).unwrap();
                    });
                }
            });
        }
    }

    #[test]
    fn what_is_swept_is_old_and_has_a_name_of_ours() {
        let root = tempfile::tempdir().unwrap();
        let (ours, thesis) = (unused(root.path()), root.path().join("tmp/thesis.tex"));
        let (new, photos) = (unused(root.path()), root.path().join("tmp/photos"));
        fs::create_dir_all(&photos).unwrap();
        for file in [&ours, &thesis, &new] {
            fs::write(file, "text").unwrap();
        }
        for old in [&ours, &thesis, &photos] {
            let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
            File::open(old).unwrap().set_modified(long_ago).unwrap();
        }
        sweep(root.path());
        assert_eq!([&ours, &thesis, &new, &photos].map(|path| path.exists()), [false, true, true, true]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_and_not_tried_for_ever() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("tmp"), "a file").unwrap();
        assert!(Temporary::new(root.path()).is_err());
    }
}
