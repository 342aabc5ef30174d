//! The one error type of the crate.

use mgc_files::printable_path;
use std::path::{Path, PathBuf};

/// The result of every function of this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong between a file and its spectrogram.
///
/// Variants about a file carry its path. The message says what was found and, where possible, what to do
/// about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file at this path (or only a dangling link).
    #[error("{}: no such file", printable_path(path))]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is a directory.
    #[error("{}: is a directory, not an audio file", printable_path(path))]
    Directory {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refused to read or write the file.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The path as given.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The file has no bytes, or a valid header and no samples.
    #[error("{}: empty, it holds no audio samples", printable_path(path))]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// The content is in no audio format that this crate knows.
    #[error("{}: not an audio file (its first bytes are of no known format)", printable_path(path))]
    NotAudio {
        /// The path as given.
        path: PathBuf,
    },
    /// The format is known, but there is no decoder for it.
    #[error("{}: {format} is not supported; {}", printable_path(path), way_out(format))]
    Unsupported {
        /// The path as given.
        path: PathBuf,
        /// The container or codec and, where known, the detail that is not supported.
        format: String,
    },
    /// The decoder exists, but this build of the crate leaves it out.
    #[error(
        "{}: decoding {format} is not compiled in; enable the feature `{feature}` of mgc-audio",
        printable_path(path)
    )]
    FeatureDisabled {
        /// The path as given.
        path: PathBuf,
        /// The format of the file.
        format: &'static str,
        /// The cargo feature to enable.
        feature: &'static str,
    },
    /// The container is intact but has no audio track (a video, a playlist).
    #[error("{}: holds no audio track of a known codec", printable_path(path))]
    NoAudioTrack {
        /// The path as given.
        path: PathBuf,
    },
    /// The file violates its format and cannot be decoded.
    #[error("{}: malformed: {reason}", printable_path(path))]
    Malformed {
        /// The path as given.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The header states a sample rate outside [`Clip::SAMPLE_RATES`](crate::Clip::SAMPLE_RATES).
    #[error(
        "{}: sample rate {rate} Hz is outside 1,000 to 768,000 Hz; the header is probably damaged",
        printable_path(path)
    )]
    FileSampleRate {
        /// The path as given.
        path: PathBuf,
        /// The stated rate, Hz.
        rate: u32,
    },
    /// The header states no channels, or more than 64.
    #[error(
        "{}: {channels} channels, expected 1 to 64; the header is probably damaged",
        printable_path(path)
    )]
    Channels {
        /// The path as given.
        path: PathBuf,
        /// The stated count.
        channels: u32,
    },
    /// The file decodes to a sample that is NaN or infinite.
    #[error(
        "{}: sample {index} is not finite; the file is damaged or was written by a faulty program",
        printable_path(path)
    )]
    FileNotFinite {
        /// The path as given.
        path: PathBuf,
        /// Index of the first such sample, after the mean over channels.
        index: usize,
    },
    /// The file decodes to more than a clip may hold: see [`Clip::MAX_DURATION`](crate::Clip::MAX_DURATION)
    /// and [`Clip::MAX_EXPANSION`](crate::Clip::MAX_EXPANSION). [`Blocks`](crate::Blocks), parts of it and a
    /// [`FrontEnd`](crate::FrontEnd) with a chunk length have no such limit.
    #[error(
        "{}: decodes to more than {limit} samples, too many for a file of its size to be held in memory; \
             give a chunk length or a part of it, or cut it into shorter files, for example with \
             `ffmpeg -i IN -f segment -segment_time 600 OUT%03d.wav`",
        printable_path(path)
    )]
    FileTooLarge {
        /// The path as given.
        path: PathBuf,
        /// Samples that were allowed.
        limit: u64,
    },
    /// A segment begins after the end of the recording.
    #[error("{}: nothing to decode at {:.3} s, the recording ends before that", printable_path(path), offset.as_secs_f64())]
    BeyondEnd {
        /// The path as given.
        path: PathBuf,
        /// Where the segment was to begin.
        offset: std::time::Duration,
    },
    /// A sample in memory is NaN or infinite.
    #[error("sample {index} is not finite")]
    NotFinite {
        /// Index of the first such sample.
        index: usize,
    },
    /// A sample rate to resample from or to is outside [`Clip::SAMPLE_RATES`](crate::Clip::SAMPLE_RATES).
    #[error("sample rate {rate} Hz is outside 1,000 to 768,000 Hz")]
    SampleRate {
        /// The rate, Hz.
        rate: u32,
    },
    /// A resampled clip does not fit into memory.
    #[error("cannot resample from {from} to {to} Hz: {reason}")]
    Resample {
        /// Rate of the clip, Hz.
        from: u32,
        /// Wanted rate, Hz.
        to: u32,
        /// The cause.
        reason: String,
    },
    /// There are no samples, and nothing to pad: the settings name no length, or the recording is empty.
    #[error("no samples: nothing to transform (set `chunk_samples` to pad to a fixed length)")]
    NoSamples,
    /// A clip is too long for the 4 GiB of a wav file.
    #[error("{}: {samples} samples do not fit into a 16-bit wav file (at most {max})", printable_path(path))]
    TooLong {
        /// The path as given.
        path: PathBuf,
        /// Samples of the clip.
        samples: usize,
        /// The most that fit.
        max: usize,
    },
    /// The result would have more values than fit into 4 GiB.
    #[error(
        "{frames} frames of {columns} values are more than {max} values; use a longer hop or transform the recording in parts"
    )]
    TooLarge {
        /// Number of frames.
        frames: usize,
        /// Bins or bands per frame.
        columns: usize,
        /// The most values of one result.
        max: usize,
    },
    /// A spectrogram has another number of mel bands than the settings.
    #[error("the spectrogram has {actual} mel bands, the settings name {expected}")]
    Bands {
        /// Bands according to the settings.
        expected: usize,
        /// Bands of the spectrogram.
        actual: usize,
    },
    /// A setting is out of range: a field of [`MelConfig`](crate::MelConfig),
    /// [`StftConfig`](crate::StftConfig), [`MfccConfig`](crate::MfccConfig) or
    /// [`ChunkConfig`](crate::ChunkConfig), or a hop.
    #[error("front-end settings: `{field}` is {value}, expected {expected}")]
    Config {
        /// Name of the field.
        field: &'static str,
        /// Its value.
        value: String,
        /// The allowed range.
        expected: String,
    },
    /// No preset has this name.
    #[error("unknown mel preset `{name}`{}; known: {}", did_you_mean(*suggestion), known.join(", "))]
    UnknownPreset {
        /// The name as given.
        name: String,
        /// The known name that resembles it, if one does.
        suggestion: Option<&'static str>,
        /// All known names.
        known: &'static [&'static str],
    },
}

/// Advice on a format without a decoder here.
fn way_out(format: &str) -> &'static str {
    match () {
        () if format.contains("free format") => {
            "convert it first, for example with `lame --decode IN OUT.wav`"
        }
        () if format.contains("locked") || format.contains("encrypted") => "get a copy without the lock",
        () if ["OptimFROG", "SILK"].contains(&format) => "convert it first with the program that made it",
        () if format.contains("notes") => "record it first with a program that plays it",
        () => "convert it first, for example with `ffmpeg -i IN OUT.wav`",
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound { path },
            std::io::ErrorKind::IsADirectory => Self::Directory { path },
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn unsupported(path: &Path, format: impl Into<String>) -> Self {
        Self::Unsupported { path: path.to_owned(), format: format.into() }
    }
}
