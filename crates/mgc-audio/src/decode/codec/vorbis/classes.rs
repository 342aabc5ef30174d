//! The classes of partitions.
//!
//! The spectrum of each channel is cut into partitions; a code word gives the classes of several of them, and
//! the last word of a channel may give more than there are. symphonia writes these over the first classes of
//! the next channel (`decode_classes` in its `residue.rs`). It gets a spectrum that is longer by the
//! partitions that are missing. They hold nothing: libvorbis gives them class 0, which here must be one
//! without code books.

use symphonia::core::errors::{Error, Result};

use super::{
    bits::write,
    setup::{INTERLEAVED, Residue, Setup},
};

/// Bits of a place in the spectrum.
const PLACE: usize = 24;

/// Lengthens the residues whose last code word gives too many classes.
pub(super) fn mend(packet: &mut [u8], setup: &Setup) -> Result<()> {
    for residue in setup.uses.iter().filter(|used| used.channels > 1) {
        let (half_block, residue) = (residue.half_block, &setup.residues[residue.residue]);
        if residue.kind == INTERLEAVED || residue.fills_words(half_block) {
            continue;
        }
        let longer = residue.of_whole_words();
        if !longer.fills_words(half_block) || !residue.first_class_is_empty {
            return Err(Error::Unsupported("Vorbis with partitions classified in this way"));
        }
        write(packet, residue.end_at, PLACE, longer.end);
    }
    Ok(())
}

impl Residue {
    /// Whether the code words give as many classes as a block has partitions.
    fn fills_words(&self, half_block: u32) -> bool {
        let place = |place: u32| place.min(half_block);
        let partitions = (place(self.end) - place(self.begin)) / self.partition;
        partitions.is_multiple_of(self.classes_per_word)
    }

    /// Returns the residue with its end moved back until the last word is full.
    fn of_whole_words(&self) -> Self {
        let partitions = (self.end - self.begin) / self.partition;
        let partitions = partitions.next_multiple_of(self.classes_per_word);
        Self { end: self.begin.saturating_add(partitions.saturating_mul(self.partition)), ..*self }
    }
}
