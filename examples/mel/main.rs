//! Computes the log-mel spectrogram of a music file: in numbers, as an array, as a picture.
//!
//! ```text
//! cargo run --release --example mel -- song.mp3 --png song.png
//! ```
//!
//! Expected: some lines with codec, tags, length, shape and levels, and the picture. Takes a tenth of a
//! second.

mod augmentations;
#[path = "../common/mod.rs"]
mod common;

use augmentations::sheet;
use clap::Parser;
use common::cli::{Outcome, exit_code, in_file, parse};
use common::files::npy_bytes;
use common::outputs::claim;
use common::say::say;
use common::text::{length, printable, thousands};
use mgc::audio::{AudioInfo, Blocks, FrontEnd, MelConfig, Spectrogram, Spectrograms, Tags, probe};
use mgc::report::{SpectrogramFigure, to_png, to_svg};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Compute the log-mel spectrogram of a music file.
///
/// As much as the preset needs is decoded to mono, resampled to 22,050 Hz, padded with silence if it is
/// shorter, and transformed with librosa's numerics (FFT 2048, hop 1024, 128 Slaney bands, dB).
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example mel -- song.mp3                            numbers only
  cargo run --release --example mel -- song.mp3 --png song.png             with a picture
  cargo run --release --example mel -- song.mp3 --offset 60                from 1:00 on
  cargo run --release --example mel -- song.mp3 --preset heakl --npy x.npy array (frames, bands) for np.load
  cargo run --release --example mel -- song.mp3 --augment changes.png      every augmentation

Augmentations change a training example anew in every epoch, so that a network does not learn what tells \
nothing of the genre: the passage, the tempo, the key, the sound of a studio. `--augment` draws each alone, \
with the strengths in its title; time and colours have one scale on the whole sheet. `--seed 2` shows other \
draws, `--partner other.mp3` adds the two that mix examples: MixStyle gives the song the spectral balance of \
the other, mixup blends both. The formulas are on the pages of `mgc::train::AugmentConfig`.")]
struct Options {
    /// Music file: wav, mp3, flac, ogg, m4a, aiff, au and others
    file: PathBuf,

    /// Start this many seconds into the file
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    offset: f64,

    /// Front end: bbnn (30.01 s, 647 frames), heakl (30 s, 646 frames) or quick (5 s, 108 frames)
    #[arg(long, default_value = "bbnn")]
    preset: String,

    /// Write the spectrogram as a NumPy array (frames, bands) of f32; `-` is standard output, which then gets
    /// nothing else
    #[arg(long, value_name = "OUT")]
    npy: Option<PathBuf>,

    /// Write a picture of the spectrogram (the name ends in .png or .svg)
    #[arg(long, value_name = "OUT")]
    png: Option<PathBuf>,

    /// Write a sheet of pictures: the spectrogram as it is and under each augmentation of the training (the
    /// name ends in .png)
    #[arg(long, value_name = "OUT")]
    augment: Option<PathBuf>,

    /// With --augment: another music file, for the augmentations that mix two examples
    #[arg(long, value_name = "FILE", requires = "augment")]
    partner: Option<PathBuf>,

    /// With --augment: the seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let wishes = [
        ("--npy", options.npy.as_deref(), &["npy"][..]),
        ("--png", options.png.as_deref(), &["png", "svg"]),
        ("--augment", options.augment.as_deref(), &["png"]),
    ];
    let [npy, png, augment] = claim(wishes, [&options.file].into_iter().chain(&options.partner))?;
    let front_end = FrontEnd::new(options.preset.parse()?)?;
    let offset = Duration::try_from_secs_f64(options.offset)
        .map_err(|_| format!("--offset is {}, expected seconds from 0 on", options.offset))?;
    let info = probe(&options.file)?;
    let mut recording = front_end.blocks(Blocks::open(&options.file)?.starting_at(offset)?)?;
    let spectrogram = recording.next().ok_or("the recording is empty")??;
    let file = options.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    introduce(&file, &info);
    let left = info.duration.map(|whole| whole.saturating_sub(offset));
    describe(&recording, left, front_end.config());
    say!("preset {}: {} frames x {} mel bands", options.preset, spectrogram.frames(), spectrogram.bands());
    say!("{}", levels(&spectrogram));
    if let Some(output) = npy {
        output.write(&npy_bytes(spectrogram.bands(), spectrogram.as_slice()))?;
        say!("written: {output}");
    }
    if let Some(output) = png {
        let figure = SpectrogramFigure::new(&spectrogram, front_end.config());
        let figure = figure.with_title(format!("{}, {}", printable(&file), options.preset));
        output.write(&if output.has_ending("svg") {
            to_svg(&figure)?.into_bytes()
        } else {
            to_png(&figure)?
        })?;
        say!("written: {output}");
    }
    if let Some(output) = augment {
        let partner = options.partner.as_deref().map(|file| in_file(file, first_chunk(&front_end, file)));
        let (config, partner) = (front_end.config(), partner.transpose()?);
        output.write(&to_png(&sheet(&spectrogram, partner.as_ref(), config, options.seed)?)?)?;
        if partner.is_none() {
            say!("mixtures of two examples are left out: name another music file with --partner");
        }
        say!("written: {output}");
    }
    Ok(())
}

/// The spectrogram of the first chunk of another recording.
fn first_chunk(front_end: &FrontEnd, file: &Path) -> Outcome<Spectrogram> {
    let mut recording = front_end.blocks(Blocks::open(file)?)?;
    Ok(recording.next().ok_or("the recording is empty")??)
}

fn introduce(file: &str, info: &AudioInfo) {
    let rate = thousands(info.sample_rate as usize);
    let long = info.duration.map_or_else(String::new, |duration| format!("{}, ", length(duration)));
    say!("{}: {long}{}, {rate} Hz, channels: {}", printable(file), info.codec, info.channels);
    let Tags { title, artist, album, genre, .. } = &info.tags;
    for (name, tag) in [("title", title), ("artist", artist), ("album", album), ("genre", genre)] {
        if let Some(tag) = tag {
            say!("{name} (tag): {}", printable(tag));
        }
    }
}

/// `left`: the length from the offset on, where the file states it.
fn describe(recording: &Spectrograms<'_>, left: Option<Duration>, config: &MelConfig) {
    let decoded = recording.duration();
    if recording.skipped_packets() > 0 {
        say!("warning: damaged packets: {}", recording.skipped_packets());
    }
    let wanted = config.chunk_samples.map(|samples| samples as f64 / f64::from(config.sample_rate));
    match wanted {
        Some(wanted) if decoded.as_secs_f64() > wanted + 0.001 => {
            let of = left.map_or_else(String::new, |left| format!(" of {}", length(left.max(decoded))));
            say!("used: {wanted:.2} s{of}");
        }
        Some(wanted) if decoded.as_secs_f64() < wanted - 0.001 => {
            say!("used: {}, padded with silence to {wanted:.2} s", length(decoded));
        }
        _ => say!("used: {}", length(decoded)),
    }
}

/// Mean, deviation and range, dB.
fn levels(spectrogram: &Spectrogram) -> String {
    let values: Vec<f64> = spectrogram.as_slice().iter().map(|&value| f64::from(value)).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let (min, max) = values.iter().fold((f64::MAX, f64::MIN), |(min, max), v| (min.min(*v), max.max(*v)));
    format!("mean {mean:.4}  std {deviation:.4}  min {min:.4}  max {max:.4} dB")
}
