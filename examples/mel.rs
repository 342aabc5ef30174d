//! Shows what the networks see of a music file: its log-mel spectrogram, in numbers, as an array, as a picture.
//!
//! ```text
//! cargo run --release --example mel -- song.mp3 --png song.png
//! ```
//!
//! Expected: five lines with length, rate, shape and levels, and the picture. Takes a tenth of a second.

mod common {
    pub(crate) mod cli;
    pub(crate) mod files;
    pub(crate) mod located;
    pub(crate) mod number;
    pub(crate) mod output;
    pub(crate) mod plot {
        pub(crate) mod canvas;
        pub(crate) mod heat;
        pub(crate) mod spectrogram;
    }
    pub(crate) mod say;
}

use clap::Parser;
use common::cli::{Outcome, exit_code};
use common::files::write_whole;
use common::number::thousands;
use common::output::check_folder_of;
use common::plot::{canvas::save, spectrogram::SpectrogramPlot};
use common::say::say;
use mgc::audio::{Clip, MelConfig, MelSpectrogram, Spectrogram, decode};
use ndarray_npy::WriteNpyExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Compute the log-mel spectrogram of a music file.
///
/// The file is decoded to mono, resampled to 22,050 Hz, cut or padded with silence to the length of the
/// preset, and transformed with librosa's numerics (FFT 2048, hop 1024, 128 Slaney bands, dB).
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example mel -- song.mp3                            numbers only
  cargo run --release --example mel -- song.mp3 --png song.png             with a picture
  cargo run --release --example mel -- song.mp3 --preset heakl --npy x.npy array (frames, bands) for np.load")]
struct Options {
    /// Music file: wav, mp3, flac, ogg vorbis or au
    file: PathBuf,

    /// Front end: bbnn (30.01 s, 647 frames), heakl (30 s, 646 frames) or quick (5 s, 108 frames)
    #[arg(long, default_value = "bbnn")]
    preset: String,

    /// Write the spectrogram as a NumPy array (frames, bands) of f32
    #[arg(long, value_name = "OUT")]
    npy: Option<PathBuf>,

    /// Write a picture of the spectrogram (PNG, or SVG if the name ends in .svg)
    #[arg(long, value_name = "OUT")]
    png: Option<PathBuf>,
}

fn main() -> ExitCode {
    exit_code(run(&Options::parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    check_folder_of(options.npy.as_deref())?;
    check_folder_of(options.png.as_deref())?;
    let mel = MelSpectrogram::new(MelConfig::preset(&options.preset)?)?;
    let clip = decode(&options.file)?;
    let file = options.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    describe(&file, &clip, mel.config());
    let spectrogram = mel.compute(&clip.resampled(mel.config().sample_rate)?.samples)?;
    say!("preset {}: {} frames x {} mel bands", options.preset, spectrogram.frames(), spectrogram.bands());
    say!("{}", levels(&spectrogram));
    if let Some(path) = &options.npy {
        let mut bytes = Vec::new();
        spectrogram.view().write_npy(&mut bytes)?;
        write_whole(path, &bytes)?;
        report_written(path);
    }
    if let Some(path) = &options.png {
        let title = format!("{file}, {}", options.preset);
        save(&SpectrogramPlot { title, spectrogram: &spectrogram, config: mel.config() }, path)?;
        report_written(path);
    }
    Ok(())
}

fn describe(file: &str, clip: &Clip, config: &MelConfig) {
    let seconds = clip.duration().as_secs_f64();
    say!("{file}: {seconds:.2} s at {} Hz", thousands(clip.sample_rate as usize));
    if clip.skipped_packets > 0 {
        say!("warning: {} damaged packets were left out", clip.skipped_packets);
    }
    let wanted = config.clip_samples.map(|samples| samples as f64 / f64::from(config.sample_rate));
    match wanted {
        Some(wanted) if (seconds - wanted).abs() < 0.001 => say!("used: all"),
        Some(wanted) if seconds > wanted => say!("used: its first {wanted:.2} s"),
        Some(wanted) => say!("used: all, padded with silence to {wanted:.2} s"),
        None => say!("used: all"),
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

fn report_written(path: &Path) {
    say!("written: {}", path.display());
}
