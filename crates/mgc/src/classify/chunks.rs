//! The chunks of a recording, as batches of spectrograms.

use crate::error::Result;
use candle::{Device, Tensor};
use mgc_audio::{Clip, MelSpectrogram, windows};

/// Chunks that go through a network at once.
const BATCH: usize = 8;

/// Which chunks of a long recording are classified.
///
/// A chunk is as long as the spectrograms that the model was trained on. A shorter recording is one chunk, padded
/// with silence. A model without a fixed length takes the recording whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Chunks {
    /// All consecutive ones, their probabilities averaged; a remainder under half a chunk is dropped.
    #[default]
    All,
    /// Only the first: the protocol of the published figures.
    First,
}

/// Calls `take` with the spectrograms of a recording, at most eight at a time: (N, 1, frames, bands), dB.
pub(crate) fn for_each_batch(
    front_end: &MelSpectrogram,
    clip: &Clip,
    chunks: Chunks,
    mut take: impl FnMut(&Tensor) -> Result<()>,
) -> Result<()> {
    if clip.samples.is_empty() {
        return Err(mgc_audio::Error::NoSamples.into());
    }
    let clip = clip.clone().resampled(front_end.config().sample_rate)?;
    let length = front_end.config().chunk_samples.unwrap_or(clip.samples.len());
    let wanted = if chunks == Chunks::First { 1 } else { usize::MAX };
    let parts: Vec<&[f32]> = windows(&clip.samples, length).take(wanted).collect();
    parts.chunks(BATCH).try_for_each(|batch| take(&spectrograms(front_end, batch)?))
}

/// Returns (N, 1, frames, bands).
fn spectrograms(front_end: &MelSpectrogram, parts: &[&[f32]]) -> Result<Tensor> {
    let one = |samples: &&[f32]| {
        let spectrogram = front_end.compute(samples)?;
        let shape = (1, spectrogram.frames(), spectrogram.bands());
        Ok(Tensor::from_vec(spectrogram.into_vec(), shape, &Device::Cpu)?)
    };
    Ok(Tensor::stack(&parts.iter().map(one).collect::<Result<Vec<_>>>()?, 0)?)
}
