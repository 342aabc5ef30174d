//! Decoding of music files.

mod blocks;
mod codec;
mod container;
mod guard;
mod limits;
mod names;
mod pcm;
mod probe;
mod reader;
mod source;
mod tags;
mod time;

use std::{
    io::{Read, Seek},
    path::Path,
    time::Duration,
};

use crate::{
    clip::Clip,
    error::{Error, Result},
};
use time::frames;

pub use blocks::Blocks;
pub use probe::{AudioInfo, probe};
pub use tags::Tags;

/// Decodes a music file to mono: the mean of its channels, at its own sample rate.
///
/// The format is recognised by content; the name of the file does not matter. [The crate page](crate) lists
/// the formats and their features. Encoder delay and padding are removed where the file states them (the LAME
/// tag of an mp3, the edit list of an MP4), so the clip has the length of the recording that was encoded.
///
/// Damaged packets are counted in [`Clip::skipped_packets`].
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("song.wav");
/// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
/// let clip = mgc_audio::decode(&path)?;
/// assert_eq!((clip.sample_rate, clip.samples.len()), (8000, 8000));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// Every [`Error`] that carries a path, except those of writing. No file makes this panic or hang, and memory
/// is limited whatever a header claims: see [`Clip::MAX_DURATION`] and [`Clip::MAX_EXPANSION`].
pub fn decode(path: impl AsRef<Path>) -> Result<Clip> {
    collect(Blocks::open(path)?)
}

/// Decodes from anything that reads and seeks, such as a `Cursor<Vec<u8>>` of bytes from a network.
///
/// `name` stands for the path in error messages.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # mgc_audio::write_wav(folder.path().join("x.wav"), &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
/// # let bytes = std::fs::read(folder.path().join("x.wav")).unwrap();
/// let clip = mgc_audio::decode_reader(std::io::Cursor::new(bytes), "upload.wav")?;
/// assert_eq!(clip.duration().as_secs_f64(), 1.0);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// As [`decode`].
pub fn decode_reader(
    reader: impl Read + Seek + Send + Sync + 'static,
    name: impl AsRef<Path>,
) -> Result<Clip> {
    collect(Blocks::from_reader(reader, name)?)
}

/// Decodes a part of a music file: up to `duration`, starting at `offset`.
///
/// The samples are those of [`decode`] at this place, to the last bit. Nothing after the segment is read, and
/// what comes before it is skipped without decoding wherever the format allows: [`Blocks::starting_at`]
/// explains how and names two exceptions. Times are rounded down to whole samples, as in
/// `librosa.load(path, offset=..., duration=...)`.
///
/// ```
/// use std::time::Duration;
///
/// use mgc_audio::{Clip, decode_segment};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("song.wav");
/// # mgc_audio::write_wav(&path, &Clip::new((0..8000).map(|n| n as f32 / 8192.0).collect(), 8000))?;
/// let middle = decode_segment(&path, Duration::from_millis(250), Duration::from_millis(500))?;
/// assert_eq!(middle.samples.len(), 4000);
/// assert_eq!(middle.samples[0], 2000.0 / 8192.0);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// As [`decode`], and [`Error::BeyondEnd`] if the recording ends before `offset`.
pub fn decode_segment(path: impl AsRef<Path>, offset: Duration, duration: Duration) -> Result<Clip> {
    let blocks = Blocks::open(path)?.starting_at(offset)?;
    let wanted = frames(duration, blocks.sample_rate());
    let name = blocks.name().to_owned();
    match gather(blocks, wanted)? {
        clip if clip.samples.is_empty() && wanted > 0 => Err(Error::BeyondEnd { path: name, offset }),
        clip => Ok(clip),
    }
}

fn collect(blocks: Blocks) -> Result<Clip> {
    let name = blocks.name().to_owned();
    match gather(blocks, u64::MAX)? {
        clip if clip.samples.is_empty() => Err(Error::Empty { path: name }),
        clip => Ok(clip),
    }
}

/// The first `wanted` samples, within the limits of [`Clip`].
fn gather(mut blocks: Blocks, wanted: u64) -> Result<Clip> {
    let limit = blocks.limit();
    let expected = blocks.samples_left().unwrap_or(0).min(wanted).min(limit);
    let mut samples = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    while (samples.len() as u64) < wanted {
        let Some(block) = blocks.next() else { break };
        samples.extend(block?);
        if samples.len() as u64 > limit {
            return Err(Error::FileTooLarge { path: blocks.name().into(), limit });
        }
    }
    samples.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
    samples.shrink_to_fit();
    let (sample_rate, skipped_packets) = (blocks.sample_rate(), blocks.skipped_packets());
    Ok(Clip { samples, sample_rate, skipped_packets })
}
