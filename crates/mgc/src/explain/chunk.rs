//! The part of a recording that is explained.

use crate::classify::classifier::Classifier;
use crate::error::Result;
use mgc_audio::{Blocks, MelConfig};
use ndarray::Array2;
use std::path::Path;
use std::time::Duration;

/// A chunk of a recording, as the network sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// The log-mel spectrogram, (frames, bands), dB.
    pub spectrogram: Array2<f32>,
    /// Frames of music; the rest is silence that the front end added.
    pub music: usize,
    /// Where it begins in the recording.
    pub start: Duration,
    /// Seconds from one frame to the next.
    pub frame_seconds: f64,
}

impl Chunk {
    /// Reads the chunk of a music file that begins at `start`, through the front end of a model.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::explain::Chunk;
    /// use std::time::Duration;
    ///
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let chunk = Chunk::read(&classifier, "song.wav", Duration::from_millis(500))?;
    /// assert_eq!((chunk.spectrogram.dim(), chunk.music), ((44, 32), 22)); // then half a second of silence
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`](crate::Error::NoFrontEnd) for a model of ready-made spectrograms;
    /// [`Error::Explain`](crate::Error::Explain) for an ensemble of different front ends;
    /// [`Error::Audio`](crate::Error::Audio) when the file cannot be decoded or ends before `start`.
    pub fn read(classifier: &Classifier, path: impl AsRef<Path>, start: Duration) -> Result<Self> {
        let front_end = classifier.front_end()?;
        let mut recording = front_end.blocks(Blocks::open(path)?.starting_at(start)?)?;
        let spectrogram = recording.next().ok_or(mgc_audio::Error::NoSamples)??.into_array();
        let frame_seconds = frame_seconds(front_end.config());
        let music = (recording.duration().as_secs_f64() / frame_seconds).ceil() as usize;
        Ok(Self { music: music.min(spectrogram.nrows()), spectrogram, start, frame_seconds })
    }

    /// Returns the time in the recording at which a frame begins.
    ///
    /// ```
    /// # use mgc::explain::Chunk;
    /// # use std::time::Duration;
    /// let chunk = Chunk {
    ///     spectrogram: Default::default(),
    ///     music: 0,
    ///     start: Duration::from_secs(60),
    ///     frame_seconds: 0.05,
    /// };
    /// assert_eq!(chunk.time(10), Duration::from_millis(60_500));
    /// ```
    #[must_use]
    pub fn time(&self, frame: usize) -> Duration {
        self.start + Duration::from_secs_f64(frame as f64 * self.frame_seconds)
    }
}

fn frame_seconds(config: &MelConfig) -> f64 {
    config.hop_length as f64 / f64::from(config.sample_rate)
}
