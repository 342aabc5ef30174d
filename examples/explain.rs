//! Shows why a model hears a genre: where in the spectrogram, in which seconds, and how it changes over time.
//!
//! ```text
//! cargo run --release --example explain -- --model bbnn.safetensors song.mp3 --map song.png
//! ```
//!
//! Expected: the first genres, the 5 s that decide most, and a picture of what speaks for each genre and
//! against it. About 20 s with the published BBNN on one core.

mod common;

use clap::{Parser, ValueEnum};
use common::cli::{Outcome, exit_code, parse, with_advice};
use common::files::csv_bytes;
use common::output::Output;
use common::outputs::claim;
use common::progress::bar;
use common::say::say;
use common::text::{clock, printable};
use indicatif::ProgressBar;
use mgc::Classifier;
use mgc::audio::{decode_segment, probe, wav_bytes};
use mgc::candle::Tensor;
use mgc::explain::{
    Chunk, DeletionConfig, OcclusionConfig, Passage, PassageConfig, Timeline, activation, decisive_passage,
    deletion, occlusion,
};
use mgc::report::{ExplanationFigure, Figure, TimelineFigure, to_png, to_svg};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Show why a model hears a genre in a recording.
///
/// The recording is classified chunk by chunk. One chunk is explained: that in which the first genre is most
/// probable, or that of --at. Parts of its spectrogram are replaced by the mean of their bands, and what the
/// genre loses is what they said for it, in log-odds: 0.7 doubles the odds, 2.3 are a factor of ten.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example explain -- --model bbnn.safetensors song.mp3 --passage why.wav
  cargo run --release --example explain -- --model bbnn.safetensors song.mp3 --map why.png
  cargo run --release --example explain -- --model bbnn.safetensors song.mp3 --map why.svg --at 60 --genres 1
  cargo run --release --example explain -- --model bbnn.safetensors mix.mp3 --timeline mix.png --hop 10
  cargo run --release --example explain -- --model bbnn.safetensors mix.mp3 --csv -")]
struct Options {
    /// Model file, as quickstart, train and import_keras write it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// Music file: wav, mp3, flac, ogg, m4a, aiff, au and others
    file: PathBuf,

    /// Explain the chunk that begins here, in seconds
    #[arg(long, value_name = "SECONDS")]
    at: Option<f64>,

    /// Show this many genres, most probable first
    #[arg(long, value_name = "COUNT", default_value = "3")]
    genres: NonZeroUsize,

    /// Write a picture of what speaks for each genre and against it (the name ends in .png or .svg)
    #[arg(long, value_name = "OUT")]
    map: Option<PathBuf>,

    /// How the map is computed
    #[arg(long, value_enum, default_value = "occlusion")]
    method: Method,

    /// Write the 5 s that decide most for the first genre as a wav, mono at the rate of the file
    #[arg(long, value_name = "OUT")]
    passage: Option<PathBuf>,

    /// Write a picture of the probabilities over time (the name ends in .png or .svg)
    #[arg(long, value_name = "OUT")]
    timeline: Option<PathBuf>,

    /// Write the probabilities over time as a table: start, end, predicted genre, a probability for each
    /// genre
    #[arg(long, value_name = "OUT")]
    csv: Option<PathBuf>,

    /// Seconds from one row of the timeline to the next; without it, the length of a chunk
    #[arg(long, value_name = "SECONDS")]
    hop: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Method {
    /// Replace patch after patch: any network, 129 forward passes
    Occlusion,
    /// One forward pass, for networks that end with a global average
    Activation,
}

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let wishes = [
        ("--map", options.map.as_deref(), &["png", "svg"][..]),
        ("--passage", options.passage.as_deref(), &["wav"]),
        ("--timeline", options.timeline.as_deref(), &["png", "svg"]),
        ("--csv", options.csv.as_deref(), &["csv"]),
    ];
    let [map, wav, picture, csv] = claim(wishes, [&options.model, &options.file])?;
    let (hop, at) = (seconds("--hop", options.hop)?, seconds("--at", options.at)?);
    let classifier = Classifier::load(&options.model).map_err(with_advice)?;
    let file = printable(&options.file.file_name().unwrap_or_default().to_string_lossy());
    let timeline = listen(&classifier, &options.file, hop)?;
    show(&file, &timeline, options.genres.get());
    let genres = timeline.ranking();
    let peak = timeline.peak(genres[0]).map(|moment| moment.start);
    let chunk = Chunk::read(&classifier, &options.file, at.or(peak).unwrap_or_default())?;
    let passage = find_passage(&classifier, &chunk, genres[0])?;
    if let Some(output) = wav {
        let part = decode_segment(&options.file, passage.start, passage.duration)?;
        written(&output, &wav_bytes(&part, &options.file)?)?;
    }
    if let Some(output) = picture {
        written(&output, &drawn(&TimelineFigure::new(&timeline).with_title(&file), &output)?)?;
    }
    if let Some(output) = csv {
        written(&output, &table(&timeline)?)?;
    }
    if let Some(output) = map {
        let genres = &genres[..options.genres.get().min(genres.len())];
        draw_map(&classifier, (&chunk, &passage), genres, (&file, options.method), &output)?;
    }
    Ok(())
}

fn seconds(option: &str, value: Option<f64>) -> Outcome<Option<Duration>> {
    let Some(value) = value else { return Ok(None) };
    match Duration::try_from_secs_f64(value) {
        Ok(time) if option != "--hop" || !time.is_zero() => Ok(Some(time)),
        Ok(_) => Err(format!("{option} is {value}, expected seconds above 0").into()),
        Err(_) => Err(format!("{option} is {value}, expected seconds from 0 on").into()),
    }
}

/// Classifies the recording chunk by chunk.
fn listen(classifier: &Classifier, file: &Path, hop: Option<Duration>) -> Outcome<Timeline> {
    let length = probe(file)?.duration.unwrap_or_default();
    let bar = bar("Listening, s of music", length.as_secs() as usize);
    let timeline = Timeline::read(classifier, file, hop, |done| bar.set_position(done.as_secs()))
        .map_err(with_advice)?;
    bar.finish_and_clear();
    Ok(timeline)
}

fn show(file: &str, timeline: &Timeline, count: usize) {
    let length = timeline.moments.last().map_or(Duration::ZERO, |moment| moment.end);
    let chunks = timeline.moments.len();
    say!("{file}  ({}, {chunks} chunk{})", clock(length.as_secs()), if chunks == 1 { "" } else { "s" });
    let (mean, first) = (timeline.mean(), timeline.ranking());
    let width = timeline.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    for class in first.into_iter().take(count) {
        say!("  {:width$}  {:.2}", timeline.labels[class], mean[class]);
    }
}

/// Finds the 5 s without which the genre is least probable.
fn find_passage(classifier: &Classifier, chunk: &Chunk, class: usize) -> Outcome<Passage> {
    let model = |batch: &Tensor| classifier.probabilities(batch);
    let passage = decisive_passage(chunk, class, &PassageConfig::default(), model)?;
    let end = passage.start + passage.duration;
    say!(
        "decisive: {:.1} s to {:.1} s; without it {} {:.4} -> {:.4}",
        passage.start.as_secs_f64(),
        end.as_secs_f64(),
        classifier.labels()[class],
        passage.before,
        passage.after
    );
    Ok(passage)
}

/// Draws the maps of some genres, and checks that of the first.
fn draw_map(
    classifier: &Classifier,
    (chunk, passage): (&Chunk, &Passage),
    genres: &[usize],
    (title, method): (&str, Method),
    output: &Output,
) -> Outcome {
    let music = &chunk.spectrogram;
    let settings = OcclusionConfig::default();
    let bar = bar("Explaining, spectrograms", settings.answers(music.dim()));
    let maps = match method {
        Method::Occlusion => occlusion(music, &settings, counted(classifier, &bar))?,
        Method::Activation => activation(classifier, music)?,
    };
    bar.finish_and_clear();
    let model = |batch: &Tensor| classifier.probabilities(batch);
    let check = deletion(music, &maps[genres[0]], genres[0], &DeletionConfig::default(), model)?;
    say!(
        "check of the map: {} {:.4}; without its most decisive tenth {:.4}, without a random tenth {:.4}",
        classifier.labels()[genres[0]],
        check.before,
        check.decisive,
        check.random
    );
    let front_end = classifier.bundle().front_end.clone().unwrap_or_default();
    let mut figure = ExplanationFigure::new(chunk, &front_end).with_title(title).with_passage(passage);
    for &class in genres {
        figure = figure.with_map(&classifier.labels()[class], &maps[class]);
    }
    written(output, &drawn(&figure, output)?)
}

/// The classifier's answers, counted by a bar.
fn counted<'a>(
    classifier: &'a Classifier,
    bar: &'a ProgressBar,
) -> impl FnMut(&Tensor) -> mgc::Result<Vec<Vec<f64>>> + 'a {
    |batch| {
        let rows = classifier.probabilities(batch)?;
        bar.inc(rows.len() as u64);
        Ok(rows)
    }
}

fn table(timeline: &Timeline) -> Outcome<Vec<u8>> {
    let genres = timeline.labels.iter().map(|label| format!("p_{label}"));
    let header: Vec<_> =
        ["start_s", "end_s", "predicted"].map(str::to_owned).into_iter().chain(genres).collect();
    let row = |moment: &mgc::explain::Moment| {
        let times = [moment.start, moment.end].map(|time| format!("{:.3}", time.as_secs_f64()));
        let label = timeline.labels[moment.predicted()].clone();
        let cells = moment.probabilities.iter().map(|probability| format!("{probability:.7}"));
        times.into_iter().chain([label]).chain(cells).collect()
    };
    csv_bytes(&header, &timeline.moments.iter().map(row).collect::<Vec<_>>())
}

/// A figure in the format that the output's name chooses.
fn drawn(figure: &impl Figure, output: &Output) -> Outcome<Vec<u8>> {
    Ok(if output.has_ending("svg") { to_svg(figure)?.into_bytes() } else { to_png(figure)? })
}

fn written(output: &Output, bytes: &[u8]) -> Outcome {
    output.write(bytes)?;
    say!("written: {output}");
    Ok(())
}
