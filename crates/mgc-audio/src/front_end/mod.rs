//! From a recording to the spectrograms of its chunks.

mod chunk_config;
mod recording;
mod resampled;
mod spectrograms;

use std::{
    io::{Read, Seek},
    path::Path,
    sync::Arc,
};

use crate::{
    chunks::count,
    clip::Clip,
    decode::Blocks,
    error::Result,
    spectral::{MelConfig, MelSpectrogram, check},
};
use recording::Recording;
use resampled::Resampled;

pub use chunk_config::ChunkConfig;
pub use spectrograms::Spectrograms;

/// Decodes, resamples and cuts recordings, and computes the log-mel spectrogram of each chunk.
///
/// The same steps serve a file, a reader, decoded [`Blocks`], a [`Clip`] and plain samples. Each gives
/// [`Spectrograms`], an iterator that decodes only as far as it is asked and never holds more than a chunk
/// and a few blocks, so a recording of ten hours needs no more memory than one of a minute.
///
/// | made by | a recording gives |
/// |---|---|
/// | [`new`](Self::new), with [`MelConfig::chunk_samples`] | one spectrogram, of its first chunk |
/// | [`new`](Self::new), `chunk_samples` unset | one spectrogram of all of it, within the limits of a [`Clip`] |
/// | [`with_hop`](Self::with_hop), [`chunked`](Self::chunked) | one spectrogram of every chunk |
///
/// [`chunks`](crate::chunks) says where chunks begin and what happens to the remainder at the end; a
/// chunk that the end cuts short is padded with silence. The values are those of [`decode`](crate::decode),
/// [`Clip::resampled`] and [`MelSpectrogram::compute`] one after the other, to the last bit.
///
/// Make one and share it: a clone shares the plan, and threads may use one at the same time.
///
/// ```
/// use mgc_audio::{Clip, FrontEnd, MelConfig};
///
/// let minute = Clip::new(vec![0.1; 60 * 44_100], 44_100);
///
/// let first = FrontEnd::new(MelConfig::quick())?; // chunks of 5 s
/// assert_eq!(first.clip(&minute)?.count(), 1);
///
/// let every = first.with_hop(110_250)?; // the next chunk begins where one ends
/// for spectrogram in every.clip(&minute)? {
///     assert_eq!(spectrogram?.view().dim(), (108, 128)); // frames, bands
/// }
/// # assert_eq!(every.clip(&minute)?.count(), 12);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FrontEnd {
    mel: Arc<MelSpectrogram>,
    /// Samples from the start of one chunk to that of the next; `None` takes the first chunk only.
    hop: Option<usize>,
}

impl FrontEnd {
    /// Plans a front end that gives one spectrogram of each recording: of its first
    /// [`chunk_samples`](MelConfig::chunk_samples), or of the whole where that is `None`.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// let front_end = FrontEnd::new(MelConfig::bbnn())?;
    /// let spectrogram = front_end.samples(&[0.5; 8000], 8000)?.first()?;
    /// assert_eq!(spectrogram.view().dim(), (647, 128)); // resampled and padded with silence to 30 s
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field of `config` that is out of range.
    pub fn new(config: MelConfig) -> Result<Self> {
        Ok(Self { mel: Arc::new(MelSpectrogram::new(config)?), hop: None })
    }

    /// Returns the same front end for every chunk of a recording: each begins `hop` samples after the one
    /// before, counted at [`MelConfig::sample_rate`]. With the chunk's own length as the hop, chunks follow
    /// each other without a gap; with half of it, they overlap by half.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// let overlapping = FrontEnd::new(MelConfig::quick())?.with_hop(110_250 / 2)?;
    /// assert_eq!(overlapping.samples(&vec![0.1; 330_750], 22_050)?.count(), 5); // 15 s
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) if `hop` is 0, or if the settings leave
    /// [`chunk_samples`](MelConfig::chunk_samples) open.
    pub fn with_hop(&self, hop: usize) -> Result<Self> {
        check(
            self.config().chunk_samples.is_some(),
            "chunk_samples",
            "None",
            "a length, to cut chunks of it",
        )?;
        check(hop > 0, "hop", hop, "at least 1")?;
        Ok(Self { mel: Arc::clone(&self.mel), hop: Some(hop) })
    }

    /// Plans a front end for every chunk of a recording, with the lengths in seconds. `mel` gives all
    /// settings but [`chunk_samples`](MelConfig::chunk_samples).
    ///
    /// ```
    /// use mgc_audio::{ChunkConfig, FrontEnd, MelConfig};
    ///
    /// let front_end = FrontEnd::chunked(&MelConfig::default(), &ChunkConfig::default())?;
    /// let half_a_minute = vec![0.1; 30 * 22_050];
    /// assert_eq!(front_end.samples(&half_a_minute, 22_050)?.count(), 19); // 3 s each, 1.5 s apart
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field that is out of range.
    pub fn chunked(mel: &MelConfig, chunks: &ChunkConfig) -> Result<Self> {
        let (length, hop) = chunks.samples(mel.sample_rate)?;
        Self::new(MelConfig { chunk_samples: Some(length), ..mel.clone() })?.with_hop(hop)
    }

    /// Returns the settings; [`chunk_samples`](MelConfig::chunk_samples) is the length of a chunk.
    #[must_use]
    pub fn config(&self) -> &MelConfig {
        self.mel.config()
    }

    /// Returns the plan that computes each spectrogram.
    #[must_use]
    pub fn mel(&self) -> &MelSpectrogram {
        &self.mel
    }

    /// Counts the chunks of a recording of so many samples at the rate of the settings.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// let first = FrontEnd::new(MelConfig::quick())?; // chunks of 5 s
    /// let overlapping = first.with_hop(110_250 / 2)?;
    /// assert_eq!((first.count(330_750), overlapping.count(330_750)), (1, 5)); // 15 s
    /// assert_eq!(overlapping.samples(&vec![0.1; 330_750], 22_050)?.count(), 5);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn count(&self, samples: usize) -> usize {
        match (self.hop, self.config().chunk_samples) {
            (Some(hop), Some(length)) => count(samples, length, hop),
            _ => usize::from(samples > 0),
        }
    }

    /// Returns the samples from the start of one chunk to that of the next; `None` if only the first is
    /// taken.
    #[must_use]
    pub fn hop(&self) -> Option<usize> {
        self.hop
    }

    /// Opens a music file and returns its spectrograms.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
    /// let spectrogram = FrontEnd::new(MelConfig::bbnn())?.file(&path)?.first()?;
    /// assert_eq!(spectrogram.view().dim(), (647, 128));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Blocks::open`]; [`Error::SampleRate`](crate::Error::SampleRate) if the file must be resampled and
    /// the settings ask for a rate outside [`Clip::SAMPLE_RATES`].
    pub fn file(&self, path: impl AsRef<Path>) -> Result<Spectrograms<'static>> {
        self.blocks(Blocks::open(path)?)
    }

    /// Returns the spectrograms of anything that reads and seeks, such as a `Cursor<Vec<u8>>` of bytes from a
    /// network.
    ///
    /// `name` stands for the path in error messages; the format is recognised by content.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # mgc_audio::write_wav(folder.path().join("x.wav"), &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
    /// # let upload = std::fs::read(folder.path().join("x.wav")).unwrap();
    /// let bytes = std::io::Cursor::new(upload);
    /// let spectrogram = FrontEnd::new(MelConfig::quick())?.reader(bytes, "upload.wav")?.first()?;
    /// assert_eq!(spectrogram.frames(), 108);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn reader(
        &self,
        reader: impl Read + Seek + Send + Sync + 'static,
        name: impl AsRef<Path>,
    ) -> Result<Spectrograms<'static>> {
        self.blocks(Blocks::from_reader(reader, name)?)
    }

    /// Returns the spectrograms of a file that is already open, for example from an offset on.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mgc_audio::{Blocks, FrontEnd, MelConfig};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 16_000], 8000))?;
    /// let blocks = Blocks::open(&path)?.starting_at(Duration::from_secs(1))?;
    /// let spectrogram = FrontEnd::new(MelConfig::default())?.blocks(blocks)?.first()?;
    /// assert_eq!(spectrogram.frames(), 22); // 1 s
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SampleRate`](crate::Error::SampleRate) as for [`file`](Self::file).
    pub fn blocks(&self, blocks: Blocks) -> Result<Spectrograms<'static>> {
        self.spectrograms(Recording::of_blocks(blocks))
    }

    /// Returns the spectrograms of a recording in memory.
    ///
    /// ```
    /// use mgc_audio::{Clip, FrontEnd, MelConfig};
    ///
    /// let clip = Clip::new(vec![0.5; 44_100], 44_100);
    /// let spectrogram = FrontEnd::new(MelConfig::default())?.clip(&clip)?.first()?;
    /// assert_eq!(spectrogram.view().dim(), (22, 128));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`samples`](Self::samples).
    pub fn clip<'a>(&self, clip: &'a Clip) -> Result<Spectrograms<'a>> {
        self.spectrograms(Recording::of_samples(&clip.samples, clip.sample_rate, clip.skipped_packets))
    }

    /// Returns the spectrograms of mono samples at `sample_rate` Hz; full scale is -1 to 1.
    ///
    /// ```
    /// use mgc_audio::{FrontEnd, MelConfig};
    ///
    /// let front_end = FrontEnd::new(MelConfig::default())?;
    /// assert_eq!(front_end.samples(&[0.5; 8000], 8000)?.first()?.frames(), 22); // 1 s
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SampleRate`](crate::Error::SampleRate) if the samples must be resampled and one of the two
    /// rates is outside [`Clip::SAMPLE_RATES`].
    pub fn samples<'a>(&self, samples: &'a [f32], sample_rate: u32) -> Result<Spectrograms<'a>> {
        self.spectrograms(Recording::of_samples(samples, sample_rate, 0))
    }

    fn spectrograms<'a>(&self, recording: Recording<'a>) -> Result<Spectrograms<'a>> {
        let samples = Resampled::new(recording, self.config().sample_rate)?;
        Ok(Spectrograms::new(Arc::clone(&self.mel), self.hop, samples))
    }
}
