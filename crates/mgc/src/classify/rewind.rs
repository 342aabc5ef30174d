//! A reader that several front ends read, one after the other.

use std::io::{Error, Read, Result, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard};

/// A shared reader. Its clones share one position.
pub(super) struct Shared<R>(Arc<Mutex<R>>);

impl<R: Seek> Shared<R> {
    pub(super) fn new(reader: R) -> Self {
        Self(Arc::new(Mutex::new(reader)))
    }

    /// Returns the reader at its start.
    pub(super) fn rewound(&self) -> Result<Self> {
        self.lock()?.rewind()?;
        Ok(Self(Arc::clone(&self.0)))
    }
}

impl<R> Shared<R> {
    fn lock(&self) -> Result<MutexGuard<'_, R>> {
        self.0.lock().map_err(|_| Error::other("the reader panicked before"))
    }
}

impl<R: Read> Read for Shared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.lock()?.read(buffer)
    }
}

impl<R: Seek> Seek for Shared<R> {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        self.lock()?.seek(position)
    }
}
