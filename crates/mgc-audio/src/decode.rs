//! From a file to a clip.

use std::{
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use symphonia::core::io::ReadOnlySource;

use crate::{
    Clip, Error, Result, au,
    container::{Container, HEAD},
    stream, wav,
};

/// Decodes a music file to mono: the mean of its channels, at its own sample rate.
///
/// The format is found by content; the name of the file does not matter. wav (integer, float, mu-law and A-law), mp3, flac and
/// ogg vorbis come with the features of those names, Sun au is always there. Encoder delay and padding of an mp3 are cut off
/// where its LAME tag tells them, so an mp3 has the length of what was encoded.
///
/// Damaged packets are left out and counted in [`Clip::skipped_packets`].
///
/// ```no_run
/// let clip = mgc_audio::decode("song.mp3")?.resampled(22_050)?;
/// println!("{:.1} s", clip.duration().as_secs_f64());
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// Every [`Error`] that carries a path, except those of writing. A file never makes this panic, hang, or take more memory than
/// its content needs, whatever its header claims.
pub fn decode(path: impl AsRef<Path>) -> Result<Clip> {
    let path = path.as_ref();
    let (mut file, head) = open(path)?;
    let container = recognise(path, &head)?;
    let clip = match container {
        Container::Au => au::decode(path, &read(path, &mut file)?),
        Container::Wav => wav::decode(path, read(path, &mut file)?),
        // Not seekable, or symphonia would guess a length from the first packets and cut there.
        Container::Mp3 => stream::decode(path, Box::new(ReadOnlySource::new(file))),
        _ => stream::decode(path, Box::new(file)),
    }?;
    check(path, clip)
}

/// The file, rewound, and its first bytes.
fn open(path: &Path) -> Result<(File, Vec<u8>)> {
    let io = |source| Error::io(path, source);
    let mut file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.is_dir() {
        return Err(Error::Directory { path: path.into() });
    }
    let mut head = Vec::with_capacity(HEAD);
    (&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(io)?;
    file.rewind().map_err(io)?;
    match head.is_empty() {
        true => Err(Error::Empty { path: path.into() }),
        false => Ok((file, head)),
    }
}

/// The container, if this build can decode it.
fn recognise(path: &Path, head: &[u8]) -> Result<Container> {
    let container = Container::sniff(head).ok_or_else(|| Error::NotAudio { path: path.into() })?;
    if let Container::Foreign(name) = container {
        return Err(Error::unsupported(path, name));
    }
    match container.feature() {
        Some((format, feature, false)) => Err(Error::FeatureDisabled { path: path.into(), format, feature }),
        _ => Ok(container),
    }
}

fn read(path: &Path, file: &mut File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|source| Error::io(path, source))?;
    Ok(bytes)
}

/// The promises of a decoded clip: a true rate, at least one sample, all of them finite.
fn check(path: &Path, clip: Clip) -> Result<Clip> {
    let path = || path.to_owned();
    if !Clip::SAMPLE_RATES.contains(&clip.sample_rate) {
        return Err(Error::FileSampleRate { path: path(), rate: clip.sample_rate });
    }
    if clip.samples.is_empty() {
        return Err(Error::Empty { path: path() });
    }
    match clip.samples.iter().position(|s| !s.is_finite()) {
        Some(index) => Err(Error::FileNotFinite { path: path(), index }),
        None => Ok(clip),
    }
}
