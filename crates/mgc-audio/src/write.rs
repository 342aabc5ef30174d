//! Writing wav files.

use std::{io::Cursor, path::Path};

use crate::{
    clip::Clip,
    error::{Error, Result},
};

/// Writes a clip as a 16-bit mono wav file.
///
/// A sample x becomes `round(32,768 x)`, clipped to -32,768..=32,767: louder values are clipped, not scaled.
/// [`decode`](crate::decode) divides by 32,768, so 16-bit samples survive the round trip unchanged.
///
/// The file is replaced as a whole: it is written under a temporary name in the same folder, synced and
/// renamed.
///
/// ```
/// use mgc_audio::{Clip, decode, write_wav};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("tone.wav");
/// let clip = Clip::new(vec![0.25, -0.5], 8000);
/// write_wav(&path, &clip)?;
/// assert_eq!(decode(&path)?, clip);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// [`Error::NotFinite`] for a NaN or infinite sample, [`Error::TooLong`] beyond 4 GiB, [`Error::SampleRate`]
/// for a rate outside [`Clip::SAMPLE_RATES`], and [`Error::Io`] if the file cannot be written.
pub fn write_wav(path: impl AsRef<Path>, clip: &Clip) -> Result<()> {
    let path = path.as_ref();
    let bytes = encode(path, clip)?;
    mgc_files::replace_bytes(path, &bytes).map_err(|source| Error::io(path, source))
}

/// Returns the bytes of the file that [`write_wav`] writes. `name` stands for the path in error messages.
///
/// ```
/// use mgc_audio::{Clip, decode_reader, wav_bytes};
///
/// let clip = Clip::new(vec![0.25, -0.5], 8000);
/// let bytes = wav_bytes(&clip, "tone.wav")?;
/// assert_eq!(decode_reader(std::io::Cursor::new(bytes), "tone.wav")?, clip);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// As [`write_wav`], but [`Error::Io`].
pub fn wav_bytes(clip: &Clip, name: impl AsRef<Path>) -> Result<Vec<u8>> {
    encode(name.as_ref(), clip)
}

/// Samples that fit into 4 GiB with the header.
const MAX_SAMPLES: usize = (u32::MAX as usize - 44) / 2;

fn encode(path: &Path, clip: &Clip) -> Result<Vec<u8>> {
    Clip::check_rate(clip.sample_rate)?;
    if let Some(index) = clip.samples.iter().position(|s| !s.is_finite()) {
        return Err(Error::NotFinite { index });
    }
    if clip.samples.len() > MAX_SAMPLES {
        return Err(Error::TooLong { path: path.into(), samples: clip.samples.len(), max: MAX_SAMPLES });
    }
    let mut file = Cursor::new(Vec::new());
    fill(&mut file, clip).map_err(|e| Error::malformed(path, e.to_string()))?;
    Ok(file.into_inner())
}

fn fill(file: &mut Cursor<Vec<u8>>, clip: &Clip) -> hound::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: clip.sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(file, spec)?;
    for &sample in &clip.samples {
        // `as` clips to the range of i16.
        writer.write_sample((sample * 32_768.0).round() as i16)?;
    }
    writer.finalize()
}
