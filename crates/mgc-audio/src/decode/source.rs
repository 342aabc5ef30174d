//! What sound is read from: a file, a buffer, anything that reads and seeks.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use symphonia::core::io::MediaSource;

use crate::{Error, Result};

/// Everything a decoder asks of its input.
trait ReadSeek: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> ReadSeek for T {}

/// A seekable input of known length.
pub(crate) struct Source {
    input: Box<dyn ReadSeek>,
    len: u64,
}

impl Source {
    pub(crate) fn new(mut input: impl Read + Seek + Send + Sync + 'static) -> io::Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        input.rewind()?;
        Ok(Self { input: Box::new(input), len })
    }

    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io = |source| Error::io(path, source);
        let file = File::open(path).map_err(io)?;
        if file.metadata().map_err(io)?.is_dir() {
            return Err(Error::Directory { path: path.into() });
        }
        Self::new(file).map_err(io)
    }

    /// Length, bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads on from `offset`.
    pub(crate) fn start_at(&mut self, offset: u64) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset)).map(|_| ())
    }

    /// At most `count` bytes from `offset` on, fewer at the end.
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

    /// The `N` bytes at `offset`, if there are as many.
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
        self.input.seek(position)
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
