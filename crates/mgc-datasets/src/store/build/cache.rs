//! Finished rows, one file each, named by their key.

use std::path::{Path, PathBuf};
use std::{fs, io};

use blake3::Hash;

use crate::error::{Error, Result};
use crate::store::file::record::Row;
use crate::store::file::temporary::{self, Temporary};

/// The rows that a store's builds have finished so far, in its folder `cache`.
///
/// A record is written under a temporary name and renamed, and every byte of it is checked when it is read.
/// So it is not synced to the disk: a record torn by a power failure is computed again. Two processes that
/// write one record write the same bytes.
pub(super) struct Cache {
    store: PathBuf,
}

impl Cache {
    pub(super) fn new(store: &Path) -> Self {
        Self { store: store.to_path_buf() }
    }

    /// Returns the row of this key, if it exists and is whole.
    pub(super) fn load(&self, key: &Hash) -> Option<Row> {
        Row::parse(key, &fs::read(self.path(&key.to_hex())).ok()?)
    }

    pub(super) fn save(&self, key: &Hash, row: &Row) -> Result<()> {
        let mut record = Temporary::new(&self.store)?;
        row.write(&mut record.file).map_err(Error::io(record.path()))?;
        self.put(record, &key.to_hex())
    }

    /// Copies the records that are missing here; returns their number.
    pub(super) fn take_over(&self, from: &Self) -> Result<usize> {
        let mut count = 0;
        for name in from.names()? {
            if !self.path(&name).exists() {
                let (source, record) = (from.path(&name), Temporary::new(&self.store)?);
                fs::copy(&source, record.path()).map_err(Error::io(&source))?;
                self.put(record, &name)?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Deletes all records. For other processes this happens at once, since the folder is first moved away.
    pub(super) fn clear(&self) -> Result<()> {
        let folder = self.store.join(FOLDER);
        if !folder.exists() {
            return Ok(());
        }
        let away = temporary::unused(&self.store);
        match temporary::rename(&folder, &away).and_then(|()| temporary::remove(&away)) {
            // Another process has done it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(Error::io(&folder)),
        }
    }

    fn put(&self, record: Temporary, name: &str) -> Result<()> {
        record.rename(&self.path(name))
    }

    /// Returns the names of all records.
    fn names(&self) -> Result<Vec<String>> {
        let folder = self.store.join(FOLDER);
        let mut names = Vec::new();
        for entry in walkdir::WalkDir::new(&folder).min_depth(2).max_depth(2).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::io(&folder)(error.into()))?;
            let name = entry.file_name().to_string_lossy();
            if Hash::from_hex(name.as_bytes()).is_ok() {
                names.push(name.into_owned());
            }
        }
        Ok(names)
    }

    /// Returns the path of a record, in one of 256 folders, as some file systems are slow with large ones.
    fn path(&self, name: &str) -> PathBuf {
        self.store.join(FOLDER).join(&name[..2]).join(name)
    }
}

/// The folder of the records in a store's folder.
const FOLDER: &str = "cache";
