//! Reads a source at any place, a block at a time.

use std::io;

use crate::decode::source::Source;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 15;

/// The last block that was read of a source.
pub(super) struct Window {
    source: Source,
    /// Place of the block in the source.
    start: u64,
    block: Vec<u8>,
}

impl Window {
    pub(super) fn new(source: Source) -> Self {
        Self { source, start: 0, block: Vec::new() }
    }

    /// Returns the bytes from `place` on, at least `count` but at the end.
    pub(super) fn at(&mut self, place: u64, count: usize) -> io::Result<&[u8]> {
        let held = self.start..=self.start + self.block.len() as u64;
        if !held.contains(&place) || held.end() - place < count as u64 {
            self.block = self.source.bytes_at(place, count.max(BLOCK))?;
            self.start = place;
        }
        Ok(&self.block[(place - self.start) as usize..])
    }

    pub(super) fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    pub(super) fn into_source(self) -> Source {
        self.source
    }
}
