//! The chunks of a recording, as batches of spectrograms.

use crate::error::Result;
use candle::{Device, Tensor};
use mgc_audio::{FrontEnd, Spectrograms};

/// Chunks that go through a network at once, and at most as many are in memory.
const BATCH: usize = 8;

/// Which chunks of a long recording are classified.
///
/// A chunk is as long as the spectrograms that the model was trained on. A shorter recording is one chunk,
/// padded with silence. A model without a fixed length takes the recording whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Chunks {
    /// All consecutive ones, their probabilities averaged; a remainder under half a chunk is dropped. The
    /// recording is decoded chunk by chunk, so the memory in use does not grow with its length.
    #[default]
    All,
    /// Only the first: the protocol of the published figures. Nothing beyond it is decoded.
    First,
}

impl Chunks {
    /// Returns the front end that gives these chunks.
    pub(super) fn of(self, front_end: &FrontEnd) -> Result<FrontEnd> {
        match (self, front_end.config().chunk_samples) {
            (Self::All, Some(length)) => Ok(front_end.with_hop(length)?),
            _ => Ok(front_end.clone()),
        }
    }
}

/// Returns the spectrograms of the next chunks, (N, 1, frames, bands) in dB on the CPU; `None` after the
/// last.
pub(crate) fn next_batch(spectrograms: &mut Spectrograms<'_>) -> Result<Option<Tensor>> {
    let mut batch = Vec::new();
    for spectrogram in spectrograms.take(BATCH) {
        let spectrogram = spectrogram?;
        let shape = (1, spectrogram.frames(), spectrogram.bands());
        batch.push(Tensor::from_vec(spectrogram.into_vec(), shape, &Device::Cpu)?);
    }
    match batch.is_empty() {
        true => Ok(None),
        false => Ok(Some(Tensor::stack(&batch, 0)?)),
    }
}
