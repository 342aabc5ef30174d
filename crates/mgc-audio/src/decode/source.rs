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

/// A seekable input of known length.
pub(crate) struct Source {
    input: Box<dyn ReadSeek>,
    /// Offset of its first byte in the input.
    base: u64,
    len: u64,
}

impl Source {
    pub(crate) fn new(mut input: impl Read + Seek + Send + Sync + 'static) -> io::Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        input.rewind()?;
        Ok(Self { input: Box::new(input), base: 0, len })
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
        self.input.read(buffer)
    }
}

impl Seek for Source {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let absolute = match position {
            SeekFrom::Start(offset) => SeekFrom::Start(self.base.saturating_add(offset)),
            relative => relative,
        };
        Ok(self.input.seek(absolute)?.saturating_sub(self.base))
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
