//! The published file: a header, the rows one after the other, and an index of their tracks.

use std::path::Path;

use blake3::{Hash, Hasher};
use mgc_audio::MelConfig;
use serde::{Deserialize, Serialize};

use super::key::{FORMAT, hex};
use super::record::size;
use crate::error::{Error, Result};

/// Bytes of the header. It keeps the rows that follow aligned for f32 in a mapped file.
pub(crate) const HEADER: usize = 64;
/// The first bytes of every published file.
pub(crate) const MAGIC: [u8; 8] = *b"mgc feat";
/// Bytes of the header that the checksum covers, together with the index; the checksum takes the rest.
const CHECKED: usize = 48;

/// The index of a file's tracks: JSON at the end of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// The hash of the front end that made the rows: settings and versions.
    #[serde(with = "hex")]
    pub(crate) front_end: Hash,
    pub(crate) settings: MelConfig,
    /// Samples from the start of one chunk to that of the next, where tracks are cut.
    pub(crate) hop: Option<usize>,
    pub(crate) tracks: Vec<TrackEntry>,
    pub(crate) skipped: Vec<SkippedEntry>,
}

/// One track: the number of its rows, and the hashes of its audio and of the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrackEntry {
    pub(crate) id: String,
    pub(crate) path: Option<String>,
    #[serde(with = "hex")]
    pub(crate) content: Hash,
    #[serde(with = "hex")]
    pub(crate) seal: Hash,
    pub(crate) chunks: usize,
}

/// A track without a row, and the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SkippedEntry {
    pub(crate) id: String,
    pub(crate) path: Option<String>,
    pub(crate) reason: String,
}

/// The fixed part of the file, in the byte order of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) rows: usize,
    /// (frames, bands) of every row.
    pub(crate) shape: (usize, usize),
    pub(crate) index: usize,
}

impl Header {
    /// Returns the header's bytes, with the checksum of itself and this index.
    pub(crate) fn bytes(self, index: &[u8]) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_ne_bytes());
        let numbers = [self.rows, self.shape.0, self.shape.1, self.index];
        for (place, number) in bytes[16..CHECKED].chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&(number as u64).to_ne_bytes());
        }
        let check = check(&bytes, index);
        bytes[CHECKED..].copy_from_slice(&check);
        bytes
    }

    /// Returns the size of the whole file in bytes, or `None` where no file can be so long.
    fn file(&self) -> Option<usize> {
        size(self.shape)?.checked_mul(self.rows)?.checked_add(HEADER)?.checked_add(self.index)
    }
}

/// Reads header and index of a file, and checks both. The rows are not read.
///
/// Both are copied before they are checked, so that they stay as checked if the file is mapped and another
/// program writes to it.
pub(crate) fn parse(path: &Path, file: &[u8]) -> Result<(Header, Index)> {
    let head = file.first_chunk::<HEADER>();
    let head = *head.ok_or_else(|| damaged(path, bytes(file.len()), bytes(HEADER)))?;
    if head[..8] != MAGIC {
        return Err(damaged(path, "other first bytes", "those of a file that a build has published"));
    }
    let format = head[8..12].try_into().map_or(0, u32::from_ne_bytes);
    if format != FORMAT {
        return Err(damaged(path, format!("format {format}"), format!("format {FORMAT}")));
    }
    let number = |at: usize| {
        head[at..at + 8].try_into().ok().and_then(|b| usize::try_from(u64::from_ne_bytes(b)).ok())
    };
    let header = match (number(16), number(24), number(32), number(40)) {
        (Some(rows), Some(frames), Some(bands), Some(index)) => {
            Header { rows, shape: (frames, bands), index }
        }
        _ => return Err(damaged(path, "a header beyond this machine's sizes", "a smaller file")),
    };
    if header.file() != Some(file.len()) {
        let expected = header.file().map_or_else(|| "a sound header".into(), bytes);
        return Err(damaged(path, bytes(file.len()), expected));
    }
    let index = file[file.len() - header.index..].to_vec();
    Ok((header, parse_index(path, &head, &index, header.rows)?))
}

fn parse_index(path: &Path, head: &[u8], bytes: &[u8], rows: usize) -> Result<Index> {
    if head[CHECKED..] != check(head, bytes) {
        return Err(damaged(path, "a damaged index", "the index that was written"));
    }
    let index: Index = serde_json::from_slice(bytes)
        .map_err(|error| damaged(path, format!("an index that cannot be read: {error}"), "a sound one"))?;
    let listed = index.tracks.iter().try_fold(0_usize, |sum, track| sum.checked_add(track.chunks));
    if listed != Some(rows) {
        let found = listed.map_or_else(|| "too many".into(), |listed| listed.to_string());
        return Err(damaged(path, format!("an index of {found} rows"), format!("{rows}")));
    }
    Ok(index)
}

fn check(head: &[u8], index: &[u8]) -> [u8; HEADER - CHECKED] {
    let mut hasher = Hasher::new();
    hasher.update(&head[..CHECKED]).update(index);
    let mut check = [0; HEADER - CHECKED];
    hasher.finalize_xof().fill(&mut check);
    check
}

fn bytes(count: usize) -> String {
    format!("{count} bytes")
}

pub(crate) fn damaged(path: &Path, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Store { path: path.to_path_buf(), found: found.into(), expected: expected.into() }
}
