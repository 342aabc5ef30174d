//! One row as a file of the cache, with a checksum, so that a torn or damaged file never counts as a row.

use std::io::{self, Write};

use blake3::{Hash, Hasher};
use mgc_audio::Spectrogram;

const MAGIC: [u8; 8] = *b"mgc row\x01";
/// Magic, frames, bands, seal.
const HEAD: usize = 8 + 8 + 8 + 32;

/// The log-mel spectrograms of one track with their checksum: one, or one for each chunk.
pub(crate) struct Row {
    /// Shape of each spectrogram, (frames, bands).
    pub(crate) shape: (usize, usize),
    pub(crate) seal: Hash,
    values: Vec<f32>,
}

impl Row {
    /// Makes a row of values, frame after frame, with the checksum for this key.
    pub(crate) fn new(key: &Hash, shape: (usize, usize), values: Vec<f32>) -> Self {
        Self { shape, seal: seal(key, shape, bytemuck::cast_slice(&values)), values }
    }

    /// Makes a row of the spectrograms of one track, which have one shape; a single one is not copied.
    pub(crate) fn of_track(key: &Hash, spectrograms: Vec<Spectrogram>) -> Self {
        let shape = spectrograms.first().map_or((0, 0), |first| (first.frames(), first.bands()));
        let mut spectrograms = spectrograms.into_iter();
        let mut values = spectrograms.next().map_or_else(Vec::new, Spectrogram::into_vec);
        spectrograms.for_each(|next| values.extend_from_slice(next.as_slice()));
        Self::new(key, shape, values)
    }

    /// Returns the number of spectrograms.
    pub(crate) fn chunks(&self) -> usize {
        self.bytes().len().checked_div(size(self.shape).unwrap_or_default()).unwrap_or(1)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.values)
    }

    /// Writes the record of this row.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&MAGIC);
        head[8..16].copy_from_slice(&(self.shape.0 as u64).to_ne_bytes());
        head[16..24].copy_from_slice(&(self.shape.1 as u64).to_ne_bytes());
        head[24..].copy_from_slice(self.seal.as_bytes());
        to.write_all(&head)?;
        to.write_all(self.bytes())
    }

    /// Parses a record. Returns its row if every byte of it is the one that was written under this key.
    pub(crate) fn parse(key: &Hash, record: &[u8]) -> Option<Self> {
        let (head, bytes) = record.split_at_checked(HEAD)?;
        let number = |at: usize| usize::try_from(u64::from_ne_bytes(head[at..at + 8].try_into().ok()?)).ok();
        let shape = (number(8)?, number(16)?);
        let whole = head[..8] == MAGIC
            && size(shape).is_some_and(|size| bytes.len() >= size && bytes.len().is_multiple_of(size));
        let written = Hash::from_bytes(head[24..].try_into().ok()?);
        if !whole || seal(key, shape, bytes) != written {
            return None;
        }
        let mut values = vec![0.0_f32; bytes.len() / size_of::<f32>()];
        bytemuck::cast_slice_mut(&mut values).copy_from_slice(bytes);
        Some(Self { shape, seal: written, values })
    }
}

/// Returns the size in bytes of one spectrogram of this shape, (frames, bands).
pub(crate) fn size((frames, bands): (usize, usize)) -> Option<usize> {
    frames.checked_mul(bands)?.checked_mul(size_of::<f32>())
}

/// Returns the checksum of the bytes of a row. It covers the key, so a record under a wrong name is not valid
/// either.
pub(crate) fn seal(key: &Hash, (frames, bands): (usize, usize), bytes: &[u8]) -> Hash {
    let mut hasher = Hasher::new_keyed(key.as_bytes());
    hasher.update(&(frames as u64).to_ne_bytes()).update(&(bands as u64).to_ne_bytes()).update(bytes);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f32; 6] = [0.0, -1.5, f32::MIN, 3.0, 4.0, 5.0];

    /// Returns a record of three chunks, and its key.
    fn record() -> (Hash, Vec<u8>) {
        let key = blake3::hash(b"song");
        let row = Row::new(&key, (1, 2), VALUES.to_vec());
        let mut record = Vec::new();
        row.write(&mut record).unwrap();
        (key, record)
    }

    #[test]
    fn a_record_gives_back_its_row() {
        let (key, record) = record();
        let row = Row::parse(&key, &record).unwrap();
        assert_eq!((row.shape, row.chunks(), row.values), ((1, 2), 3, VALUES.to_vec()));
    }

    #[test]
    fn a_record_cut_anywhere_or_longer_is_no_row() {
        let (key, mut record) = record();
        for length in 0..record.len() {
            assert!(Row::parse(&key, &record[..length]).is_none(), "{length} bytes");
        }
        record.push(0);
        assert!(Row::parse(&key, &record).is_none());
    }

    #[test]
    fn a_record_with_any_bit_changed_is_no_row() {
        let (key, record) = record();
        for bit in 0..record.len() * 8 {
            let mut changed = record.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Row::parse(&key, &changed).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn a_record_under_another_key_is_no_row() {
        let (_, record) = record();
        assert!(Row::parse(&blake3::hash(b"another song"), &record).is_none());
    }
}
