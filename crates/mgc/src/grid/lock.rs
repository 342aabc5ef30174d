//! One process at a time in the folder of a cell.

use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The name of the lock file in a cell's folder. The file is empty and stays: whoever deletes it while another
/// process holds it would let a third one in.
const FILE: &str = "cell.lock";

/// The right to train a cell, held until it is dropped. The operating system releases it when the process ends,
/// however it ends.
///
/// Two processes in one folder would not only work twice: one restores the best weights that the other, an epoch
/// behind, has just replaced.
pub(super) struct CellLock {
    _file: File,
}

impl CellLock {
    /// Takes the lock of a cell, whose folder is made; `None` while another process or thread has it.
    ///
    /// A file system that knows no locks gives it to everyone.
    pub(super) fn try_take(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let io = |source: io::Error| Error::Io { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(Some(Self { _file: file }))
            }
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }
}
