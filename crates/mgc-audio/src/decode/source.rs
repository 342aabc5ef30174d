//! The input of the decoders: a file, a buffer, anything that reads and seeks.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use symphonia::core::io::MediaSource;

use crate::error::{Error, Result};

/// Everything that a decoder needs of its input.
trait ReadSeek: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> ReadSeek for T {}

/// A seekable input of known length, of which a part may be read, with some bytes put right.
pub(crate) struct Source {
    input: Box<dyn ReadSeek>,
    /// Offset of its first byte in the input.
    base: u64,
    len: u64,
    /// Offset of the next byte to read.
    position: u64,
    /// Bytes that are read in place of those of the input, by their offset.
    corrections: Vec<(u64, Vec<u8>)>,
}

impl Source {
    pub(crate) fn new(mut input: impl Read + Seek + Send + Sync + 'static) -> io::Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        input.rewind()?;
        Ok(Self { input: Box::new(input), base: 0, len, position: 0, corrections: Vec::new() })
    }

    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io = |source| Error::io(path, source);
        // Checked before the file is opened: opening a pipe that nobody writes to never returns.
        let kind = std::fs::metadata(path).map_err(io)?;
        if kind.is_dir() {
            return Err(Error::Directory { path: path.into() });
        }
        if !kind.is_file() {
            return Err(io(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
        }
        Self::new(File::open(path).map_err(io)?).map_err(io)
    }

    /// Length, bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Removes the first `offset` bytes for good.
    pub(crate) fn without_start(mut self, offset: u64) -> Self {
        self.base += offset;
        self.len = self.len.saturating_sub(offset);
        self
    }

    /// Removes everything after the first `len` bytes.
    pub(crate) fn truncate(&mut self, len: u64) {
        self.len = self.len.min(len);
    }

    /// Has `bytes` read at `offset`, whatever the input holds there.
    pub(crate) fn correct(&mut self, offset: u64, bytes: &[u8]) {
        self.corrections.push((offset, bytes.to_vec()));
    }

    /// Reads up to `count` bytes at `offset`, fewer at the end.
    pub(crate) fn bytes_at(&mut self, offset: u64, count: usize) -> io::Result<Vec<u8>> {
        let count = self.len.saturating_sub(offset).min(count as u64);
        let mut bytes = Vec::with_capacity(count as usize);
        if count == 0 {
            return Ok(bytes);
        }
        self.seek(SeekFrom::Start(offset))?;
        self.take(count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads `N` bytes at `offset`, if there are that many.
    pub(crate) fn array_at<const N: usize>(&mut self, offset: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.bytes_at(offset, N)?.try_into().ok())
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.position).min(buffer.len() as u64);
        let count = self.input.read(&mut buffer[..left as usize])?;
        let read = &mut buffer[..count];
        for (offset, bytes) in &self.corrections {
            overlay(read, self.position, bytes, *offset);
        }
        self.position += count as u64;
        Ok(count)
    }
}

/// Copies `bytes`, which lie at `at`, over the part of `buffer`, which lies at `start`, that they share.
fn overlay(buffer: &mut [u8], start: u64, bytes: &[u8], at: u64) {
    let (from, to) = (start.max(at), (start + buffer.len() as u64).min(at + bytes.len() as u64));
    if from < to {
        let part = &bytes[(from - at) as usize..(to - at) as usize];
        buffer[(from - start) as usize..(to - start) as usize].copy_from_slice(part);
    }
}

impl Seek for Source {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let target = match position {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
            SeekFrom::End(distance) => self.len.checked_add_signed(distance),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        self.input.seek(SeekFrom::Start(self.base.saturating_add(target)))?;
        self.position = target;
        Ok(target)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
