//! From a file to a clip.

mod blocks;
mod codec;
mod container;
mod limits;
mod pcm;
mod probe;
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
/// The format is found by content; the name of the file does not matter. [The README](crate) lists the formats and their
/// features. Encoder delay and padding are cut off where the file tells them (the LAME tag of an mp3, the edit list of an MP4),
/// so that an mp3 has the length of what was encoded.
///
/// Damaged packets are counted in [`Clip::skipped_packets`].
///
/// ```no_run
/// let clip = mgc_audio::decode("song.mp3")?.resampled(22_050)?;
/// println!("{:.1} s", clip.duration().as_secs_f64());
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// Every [`Error`] that carries a path, except those of writing. A file never makes this panic, hang, or take more memory than
/// its content is worth, whatever its header claims: see [`Clip::MAX_DURATION`] and [`Clip::MAX_EXPANSION`].
pub fn decode(path: impl AsRef<Path>) -> Result<Clip> {
    collect(Blocks::open(path)?)
}

/// Decodes from anything that reads and seeks, such as a `Cursor<Vec<u8>>` of what came over a network.
///
/// `name` stands for the path in error messages.
///
/// ```
/// # let folder = std::env::temp_dir().join("mgc_audio_decode_reader.wav");
/// # mgc_audio::write_wav(&folder, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
/// # let bytes = std::fs::read(&folder).unwrap_or_default();
/// # let _ = std::fs::remove_file(&folder);
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

/// Decodes a part of a music file: `duration` from `offset` on, or as much of it as there is.
///
/// Gives the samples that [`decode`] gives there, to the last bit, without reading what follows; what comes before is jumped
/// over or passed by undecoded wherever the format allows it: [`Blocks::starting_at`] says how, and names the two exceptions. Times are rounded down to whole
/// samples, as in `librosa.load(path, offset=..., duration=...)`.
///
/// ```no_run
/// use std::time::Duration;
///
/// // The 30 s in the middle that FMA cuts out of a song.
/// let clip = mgc_audio::decode_segment("song.flac", Duration::from_secs(95), Duration::from_secs(30))?;
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// As [`decode`], and [`Error::BeyondEnd`] if the sound ends before `offset`.
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
