//! The draft of the published file: rows are written to it while others are still computed.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::writeback::Writeback;
use crate::error::{Error, Result};
use crate::store::file::published::HEADER;
use crate::store::file::temporary::Temporary;

/// The number of bytes between two syncs: with fewer, syncs would wait for the disk's journal too often.
const SHARE: u64 = 4 << 20;

/// A file that takes rows in any order, each at its most likely final place.
///
/// That place is right if every earlier track has one row of the same size. Otherwise the rows are
/// [moved](UnderWay::move_to) at the end.
pub(super) struct Draft {
    store: PathBuf,
    under_way: Mutex<Option<UnderWay>>,
}

pub(super) struct UnderWay {
    file: Temporary,
    writeback: Writeback,
    /// Bytes reserved for every row.
    slot: u64,
    unwritten: u64,
}

/// The place of a row in the draft, and its final place.
#[derive(Clone, Copy)]
pub(super) struct Move {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) bytes: usize,
}

impl Draft {
    /// Makes a draft; no file exists before the first row.
    pub(super) fn new(store: &Path) -> Self {
        Self { store: store.to_path_buf(), under_way: Mutex::new(None) }
    }

    /// Writes the row of the track at this position. Returns its place, or `None` for a row that is larger
    /// than its slot.
    pub(super) fn put(&self, position: usize, row: &[u8]) -> Result<Option<u64>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = match &mut *under_way {
            Some(draft) => draft,
            none => none.insert(UnderWay::new(&self.store, row.len())?),
        };
        draft.put(position as u64, row)
    }

    /// Returns the file for the remaining rows, when no [`put`](Self::put) can follow.
    pub(super) fn finish(self) -> Result<UnderWay> {
        match self.under_way.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(draft) => Ok(draft),
            None => UnderWay::new(&self.store, 0),
        }
    }
}

impl UnderWay {
    fn new(store: &Path, slot: usize) -> Result<Self> {
        let file = Temporary::new(store)?;
        let writeback = Writeback::start(&file.file).map_err(Error::io(file.path()))?;
        Ok(Self { file, writeback, slot: slot as u64, unwritten: 0 })
    }

    fn put(&mut self, position: u64, row: &[u8]) -> Result<Option<u64>> {
        let place = position.checked_mul(self.slot).and_then(|at| at.checked_add(HEADER as u64));
        let Some(place) = place.filter(|_| row.len() as u64 <= self.slot) else { return Ok(None) };
        self.write(place, row)?;
        Ok(Some(place))
    }

    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let mut file = &self.file.file;
        file.seek(SeekFrom::Start(at))
            .and_then(|_| file.write_all(bytes))
            .map_err(Error::io(self.file.path()))?;
        self.unwritten += bytes.len() as u64;
        if self.unwritten >= SHARE {
            self.writeback.wake();
            self.unwritten = 0;
        }
        Ok(())
    }

    /// Moves rows to their final places. The rows are given in their order, and no two overlap before or
    /// after.
    ///
    /// First come the rows that move down, in order, then those that move up, in reverse order. So no row is
    /// overwritten before it has moved.
    pub(super) fn move_to(&mut self, rows: &[Move]) -> Result<()> {
        let (down, up) =
            (rows.iter().filter(|row| row.to < row.from), rows.iter().filter(|row| row.to > row.from));
        let mut bytes = Vec::new();
        for row in down.chain(up.rev()) {
            bytes.resize(row.bytes, 0);
            let mut file = &self.file.file;
            file.seek(SeekFrom::Start(row.from))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(Error::io(self.file.path()))?;
            self.write(row.to, &bytes)?;
        }
        Ok(())
    }

    /// Returns the file at its final length, when all of it is written. It has yet to be synced.
    pub(super) fn close(self, length: u64) -> Result<Temporary> {
        let io = Error::io(self.file.path());
        self.file.file.set_len(length).and_then(|()| self.writeback.stop()).map_err(io)?;
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn rows_put_in_any_order_are_moved_to_any_places_in_their_order(
            sizes in prop::collection::vec((1..200_usize, 0..3_usize), 1..40),
            gaps in prop::collection::vec(0..300_u64, 40),
            slot in 1..200_usize,
            seed in any::<u64>(),
        ) {
            let store = tempfile::tempdir().unwrap();
            let draft = Draft::new(store.path());
            let row = |index: usize| vec![index as u8 + 1; sizes[index].0];
            prop_assert!(draft.put(0, &vec![0; slot]).unwrap().is_some());
            let mut order: Vec<usize> = (0..sizes.len()).collect();
            order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(seed | 1));
            let mut places = vec![None; sizes.len()];
            let mut positions = vec![0; sizes.len()];
            for index in 1..sizes.len() {
                positions[index] = positions[index - 1] + 1 + sizes[index].1;
            }
            for index in order {
                places[index] = draft.put(positions[index], &row(index)).unwrap();
                prop_assert_eq!(places[index].is_some(), sizes[index].0 <= slot);
            }
            let (mut at, mut moves) = (HEADER as u64, Vec::new());
            for index in 0..sizes.len() {
                at += gaps[index];
                if let Some(from) = places[index] {
                    moves.push((index, Move { from, to: at, bytes: sizes[index].0 }));
                }
                at += sizes[index].0 as u64;
            }
            let mut file = draft.finish().unwrap();
            file.move_to(&moves.iter().map(|(_, one)| *one).collect::<Vec<_>>()).unwrap();
            let file = file.close(at).unwrap();
            let bytes = fs::read(file.path()).unwrap();
            prop_assert_eq!(bytes.len() as u64, at);
            for (index, Move { to, .. }) in moves {
                prop_assert_eq!(&bytes[to as usize..][..sizes[index].0], &row(index), "row {}", index);
            }
        }
    }

    #[test]
    fn a_draft_without_rows_leaves_no_file_until_it_is_finished() {
        let store = tempfile::tempdir().unwrap();
        let draft = Draft::new(store.path());
        assert!(!store.path().join("tmp").exists());
        let file = draft.finish().unwrap().close(3).unwrap();
        assert_eq!(fs::read(file.path()).unwrap(), [0; 3]);
    }
}
