//! Decoding block by block, for recordings that do not fit into memory or are not needed whole.

use std::{
    io::{Read, Seek},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    clip::Clip,
    error::{Error, Result},
};

use super::{container, limits, reader::Reader, source::Source, time::frames};

/// Decodes a music file block by block to mono: the mean of its channels, at its own sample rate.
///
/// Memory does not grow with the length of the file. Together the blocks are the samples of
/// [`decode`](crate::decode). After an error the iterator ends.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("night.wav");
/// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
/// let mut blocks = mgc_audio::Blocks::open(&path)?;
/// let mut loudest = 0.0_f32;
/// for block in &mut blocks {
///     loudest = block?.iter().fold(loudest, |loudest, sample| loudest.max(sample.abs()));
/// }
/// assert_eq!((blocks.sample_rate(), loudest, blocks.skipped_packets()), (8000, 0.5, 0));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
pub struct Blocks {
    name: PathBuf,
    reader: Reader,
    sample_rate: u32,
    /// The first block, decoded to learn the sample rate.
    pending: Option<Vec<f32>>,
    /// Where the blocks begin.
    offset: Duration,
    /// Frames returned or skipped so far.
    position: u64,
    /// Frames still to be dropped before the next block.
    drop: u64,
    failed: bool,
    /// Bytes of the file.
    size: u64,
}

impl Blocks {
    /// Opens a file and decodes its first block.
    ///
    /// # Errors
    /// As [`decode`](crate::decode).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::new(path, Source::open(path)?)
    }

    /// Reads from anything that reads and seeks, such as a `Cursor<Vec<u8>>` of bytes from a network.
    ///
    /// `name` stands for the path in error messages; the format is recognised by content.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # mgc_audio::write_wav(folder.path().join("x.wav"), &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
    /// # let bytes = std::fs::read(folder.path().join("x.wav")).unwrap();
    /// let blocks = mgc_audio::Blocks::from_reader(std::io::Cursor::new(bytes), "upload.wav")?;
    /// assert_eq!(blocks.flatten().flatten().count(), 8000);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`decode`](crate::decode).
    pub fn from_reader(
        reader: impl Read + Seek + Send + Sync + 'static,
        name: impl AsRef<Path>,
    ) -> Result<Self> {
        let name = name.as_ref();
        Self::new(name, Source::new(reader).map_err(|e| Error::io(name, e))?)
    }

    fn new(name: &Path, mut source: Source) -> Result<Self> {
        let size = source.len();
        let found = container::recognise(name, &mut source)?;
        let source = source.without_start(found.offset);
        let mut reader = Reader::new(name, source, &found)?;
        let pending = reader.next_block(name)?;
        let sample_rate = reader.sample_rate(name)?;
        if !Clip::SAMPLE_RATES.contains(&sample_rate) {
            return Err(Error::FileSampleRate { path: name.into(), rate: sample_rate });
        }
        if pending.is_none() {
            return Err(Error::Empty { path: name.into() });
        }
        Ok(Self {
            name: name.into(),
            reader,
            sample_rate,
            pending,
            offset: Duration::ZERO,
            position: 0,
            drop: 0,
            failed: false,
            size,
        })
    }

    /// Returns the sample rate, Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Returns the number of damaged packets so far: see [`Clip::skipped_packets`].
    #[must_use]
    pub fn skipped_packets(&self) -> usize {
        self.reader.skipped_packets()
    }

    /// Returns the largest absolute sample of any channel in what was decoded so far; full scale is 1.
    ///
    /// Where it is far above that of the blocks, the channels cancel each other in their mean, as those of
    /// stereo do whose cable was soldered the wrong way round.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![-0.5; 8000], 8000))?;
    /// let mut blocks = mgc_audio::Blocks::open(&path)?;
    /// while blocks.next().is_some() {}
    /// assert_eq!(blocks.channel_peak(), 0.5);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn channel_peak(&self) -> f32 {
        self.reader.channel_peak()
    }

    /// Returns the length of the whole file as its header states it, without encoder delay and padding.
    ///
    /// `None` if the header does not state it: an mp3 without a length header or of several files joined,
    /// ADTS. A truncated file may be shorter than its header states.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
    /// let blocks = mgc_audio::Blocks::open(&path)?;
    /// assert_eq!(blocks.declared_duration(), Some(std::time::Duration::from_secs(1)));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn declared_duration(&self) -> Option<Duration> {
        self.reader.declared_duration()
    }

    /// Skips everything before `offset`. Call it before the first block is taken, and at most once.
    ///
    /// Uncompressed samples, FLAC, MP4, CAF and AIFF seek; mp3, ogg and ADTS are read packet by packet
    /// without decoding (an mp3 that goes on at another sample rate is decoded from there on); Matroska is
    /// decoded and the samples are dropped.
    ///
    /// The samples are those of [`decode`](crate::decode) at this place, to the last bit, with two
    /// exceptions. Noise that an AAC decoder generates itself (perceptual noise substitution) differs after
    /// seeking. After lost frames of a damaged FLAC file, seeking keeps the time of the recording.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
    /// let blocks = mgc_audio::Blocks::open(&path)?.starting_at(std::time::Duration::from_millis(750))?;
    /// assert_eq!(blocks.flatten().flatten().count(), 2000);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] if the container is damaged before `offset`.
    pub fn starting_at(mut self, offset: Duration) -> Result<Self> {
        self.offset = offset;
        let frame = frames(offset, self.sample_rate);
        if let Some(reached) = self.reader.skip_towards(&self.name, frame)? {
            self.pending = None;
            self.position = reached;
        }
        self.drop = frame.saturating_sub(self.position);
        Ok(self)
    }

    /// Samples still to come, where the size of the file tells.
    pub(crate) fn samples_left(&self) -> Option<u64> {
        self.reader.frames().map(|frames| frames.saturating_sub(self.position))
    }

    /// Samples that may be held in memory: see [`Clip::MAX_EXPANSION`].
    pub(crate) fn limit(&self) -> u64 {
        limits::samples(self.size, self.sample_rate)
    }

    /// The error of a recording without a sample, or without one behind the offset.
    pub(crate) fn nothing(&self) -> Error {
        let path = self.name.clone();
        match self.offset {
            Duration::ZERO => Error::Empty { path },
            offset => Error::BeyondEnd { path, offset },
        }
    }

    pub(crate) fn name(&self) -> &Path {
        &self.name
    }

    fn advance(&mut self) -> Result<Option<Vec<f32>>> {
        loop {
            let block = match self.pending.take() {
                Some(block) => Some(block),
                None => self.reader.next_block(&self.name)?,
            };
            let Some(mut block) = block else { return Ok(None) };
            let dropped = self.drop.min(block.len() as u64);
            block.drain(..dropped as usize);
            self.drop -= dropped;
            self.position += dropped;
            if let Some(index) = block.iter().position(|s| !s.is_finite()) {
                let index = self.position as usize + index;
                return Err(Error::FileNotFinite { path: self.name.clone(), index });
            }
            self.position += block.len() as u64;
            if !block.is_empty() {
                return Ok(Some(block));
            }
        }
    }
}

impl Iterator for Blocks {
    type Item = Result<Vec<f32>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let block = self.advance();
        self.failed = !matches!(block, Ok(Some(_)));
        block.transpose()
    }
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blocks")
            .field("name", &self.name)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
