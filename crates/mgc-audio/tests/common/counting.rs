//! A reader that counts what is read through it.

use std::{
    io::{Cursor, Read, Result, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Counts the bytes that are read through it.
pub(crate) struct Counting {
    bytes: Cursor<Vec<u8>>,
    read: Arc<AtomicU64>,
}

impl Counting {
    /// A reader of these bytes, and its count.
    pub(crate) fn new(bytes: Vec<u8>) -> (Self, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        (Self { bytes: Cursor::new(bytes), read: Arc::clone(&read) }, read)
    }
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Counting {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        self.bytes.seek(position)
    }
}
