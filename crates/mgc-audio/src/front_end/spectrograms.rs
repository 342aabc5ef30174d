//! The spectrograms of one recording, one after the other.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    chunks::keeps_remainder,
    error::Result,
    spectral::{MelSpectrogram, Spectrogram},
};

use super::resampled::Resampled;

/// The spectrograms of one recording, made by a [`FrontEnd`](crate::FrontEnd): one of each chunk, in their
/// order.
///
/// The iterator returns at least one spectrogram or an error. It decodes only as much as the next chunk
/// needs. After an error it ends.
///
/// ```
/// use mgc_audio::{FrontEnd, MelConfig};
///
/// let front_end = FrontEnd::new(MelConfig::quick())?.with_hop(110_250)?;
/// let night = vec![0.1; 20 * 8000];
/// let mut spectrograms = front_end.samples(&night, 8000)?;
/// for spectrogram in &mut spectrograms {
///     println!("{:?} dB", spectrogram?.view().mean());
/// }
/// assert_eq!((spectrograms.duration().as_secs(), spectrograms.skipped_packets()), (20, 0));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
pub struct Spectrograms<'a> {
    mel: Arc<MelSpectrogram>,
    /// Samples from the start of one chunk to that of the next; `None` takes the first only.
    hop: Option<usize>,
    samples: Resampled<'a>,
    /// Samples read, from the start of the next chunk on.
    buffer: Vec<f32>,
    /// Samples between what has been read and the start of the next chunk.
    gap: usize,
    /// Spectrograms returned so far.
    returned: usize,
    over: bool,
}

impl<'a> Spectrograms<'a> {
    pub(super) fn new(mel: Arc<MelSpectrogram>, hop: Option<usize>, samples: Resampled<'a>) -> Self {
        Self { mel, hop, samples, buffer: Vec::new(), gap: 0, returned: 0, over: false }
    }

    /// Returns the first spectrogram, or the next if some have been taken.
    ///
    /// # Errors
    /// The error of the iterator; [`Error::NoSamples`](crate::Error::NoSamples) if it has ended.
    pub fn first(mut self) -> Result<Spectrogram> {
        self.next().unwrap_or(Err(crate::error::Error::NoSamples))
    }

    /// Returns the sample rate of the recording before resampling, Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.samples.recording().sample_rate()
    }

    /// Returns the length of what has been decoded so far: of the whole recording once every chunk has been
    /// taken.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.samples.recording().duration()
    }

    /// Returns the length of the whole recording as its file states it, if it does:
    /// see [`Blocks::declared_duration`](crate::Blocks::declared_duration).
    #[must_use]
    pub fn declared_duration(&self) -> Option<Duration> {
        self.samples.recording().declared_duration()
    }

    /// Returns the largest absolute sample of what has been decoded so far, before resampling; full scale is
    /// 1. Silence has none above 0.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// let mut spectrograms = FrontEnd::new(MelConfig::quick())?.samples(&[0.0, -0.25, 0.1], 22_050)?;
    /// while spectrograms.next().is_some() {}
    /// assert_eq!((spectrograms.peak(), spectrograms.channel_peak()), (0.25, 0.25));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn peak(&self) -> f32 {
        self.samples.recording().peak()
    }

    /// Returns the largest absolute sample of any channel so far: see
    /// [`Blocks::channel_peak`](crate::Blocks::channel_peak). Of samples in memory it is
    /// [`peak`](Self::peak).
    #[must_use]
    pub fn channel_peak(&self) -> f32 {
        self.samples.recording().channel_peak()
    }

    /// Returns the number of damaged packets so far: see
    /// [`Clip::skipped_packets`](crate::Clip::skipped_packets).
    #[must_use]
    pub fn skipped_packets(&self) -> usize {
        self.samples.recording().skipped_packets()
    }

    fn advance(&mut self) -> Result<Option<Spectrogram>> {
        self.pass_gap()?;
        let length = self.mel.config().chunk_samples.unwrap_or(usize::MAX);
        while self.buffer.len() < length && self.samples.read(&mut self.buffer)? {
            if length == usize::MAX {
                self.samples.recording().check_size()?;
            }
        }
        if !self.has_chunk(length)? {
            return Ok(None);
        }
        let spectrogram = self.mel.compute(&self.buffer[..length.min(self.buffer.len())])?;
        self.returned += 1;
        self.go_to_next_chunk();
        Ok(Some(spectrogram))
    }

    /// Whether the buffer holds a chunk, or a remainder that counts as one.
    fn has_chunk(&self, length: usize) -> Result<bool> {
        match self.hop {
            _ if self.returned == 0 && self.buffer.is_empty() => Err(self.samples.recording().empty()),
            _ if self.returned == 0 || self.buffer.len() >= length => Ok(true),
            hop => Ok(hop.is_some_and(|hop| keeps_remainder(self.buffer.len(), length, hop))),
        }
    }

    fn go_to_next_chunk(&mut self) {
        match self.hop {
            Some(hop) => {
                let passed = hop.min(self.buffer.len());
                self.buffer.drain(..passed);
                self.gap = hop - passed;
            }
            None => {
                self.buffer = Vec::new();
                self.over = true;
            }
        }
    }

    /// Drops what lies between two chunks.
    fn pass_gap(&mut self) -> Result<()> {
        while self.gap > 0 && self.samples.read(&mut self.buffer)? {
            let passed = self.gap.min(self.buffer.len());
            self.buffer.drain(..passed);
            self.gap -= passed;
        }
        Ok(())
    }
}

impl Iterator for Spectrograms<'_> {
    type Item = Result<Spectrogram>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let spectrogram = self.advance();
        self.over |= !matches!(spectrogram, Ok(Some(_)));
        spectrogram.transpose()
    }
}

impl std::iter::FusedIterator for Spectrograms<'_> {}

impl fmt::Debug for Spectrograms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spectrograms")
            .field("config", self.mel.config())
            .field("hop", &self.hop)
            .field("returned", &self.returned)
            .finish_non_exhaustive()
    }
}
