//! Figures and text of reports.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is the finding itself")]

use mgc::Classifier;
use mgc::audio::{MelConfig, MelSpectrogram, Spectrogram};
use mgc::explain::{Chunk, Passage, Timeline};
use mgc::report::{
    ConfusionFigure, CurvesFigure, Error, ExplanationFigure, Figure, SpectrogramFigure, TimelineFigure, save,
    summary, to_png, to_svg,
};
use mgc::train::{ConfusionMatrix, Epoch, History, Metrics};
use ndarray::Array2;
use std::time::Duration;

/// A run whose learning rate is halved in every fourth epoch and whose second to last epoch is the best.
fn run(losses: &[f64]) -> History {
    let epoch = |(index, &loss): (usize, &f64)| {
        let lr = 0.01 * 0.5_f64.powi(index as i32 / 4);
        let valid = Metrics { loss: 1.2 * loss, accuracy: 0.4 };
        Epoch::new(index, lr, Metrics { loss, accuracy: 0.5 }, Some(valid))
    };
    let mut history = History::default();
    history.epochs = losses.iter().enumerate().map(epoch).collect();
    history.best = Some(losses.len().saturating_sub(2));
    history
}

fn labels(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("genre {class}")).collect()
}

/// Class `i` is taken for class `i + 1` once, and recognised twice.
fn confusion(classes: u32) -> ConfusionMatrix {
    let truth: Vec<u32> = (0..classes).flat_map(|class| [class; 3]).collect();
    let predicted: Vec<u32> = (0..classes).flat_map(|class| [class, class, (class + 1) % classes]).collect();
    ConfusionMatrix::new(classes as usize, &truth, &predicted).unwrap()
}

fn config() -> MelConfig {
    MelConfig { chunk_samples: Some(20 * 1024), n_mels: 16, ..MelConfig::default() }
}

fn spectrogram() -> Spectrogram {
    let samples: Vec<f32> = (0..20 * 1024).map(|i| (i as f32 * 0.1).sin()).collect();
    MelSpectrogram::new(config()).unwrap().compute(&samples).unwrap()
}

/// Rectangles with this fill.
fn filled(svg: &str, colour: &str) -> usize {
    svg.matches(&format!("fill=\"{colour}\"")).count()
}

/// The lines of text in an SVG file.
fn texts(svg: &str) -> Vec<&str> {
    let after = svg.split("<text").skip(1).filter_map(|rest| rest.split_once(">\n"));
    after.filter_map(|(_, rest)| rest.split_once("\n</text>")).map(|(text, _)| text).collect()
}

/// Width and height in the header of a PNG file.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn curves_name_their_axes_lines_and_the_best_epoch() {
    let svg = to_svg(&CurvesFigure::new(&run(&[2.0, 1.5, 1.0, 0.8, 0.7, 0.6]))).unwrap();
    let texts = texts(&svg);
    for wanted in ["loss", "accuracy", "epoch", "training", "validation", "best epoch, 5", "lr 0.005"] {
        assert!(texts.iter().any(|text| text.trim() == wanted), "{wanted}: {texts:?}");
    }
}

#[test]
fn a_confusion_matrix_has_a_cell_for_each_pair_and_a_count_for_each_that_occurs() {
    let (confusion, labels) = (confusion(4), labels(4));
    let svg = to_svg(&ConfusionFigure::new(&confusion, &labels).unwrap()).unwrap();
    let texts = texts(&svg);
    let cells = svg.matches("width=\"52\" height=\"52\"").count();
    assert_eq!(cells, 2 * 16, "each cell is filled and framed");
    assert_eq!(texts.iter().filter(|text| **text == "2").count(), 4);
    assert_eq!(texts.iter().filter(|text| **text == "1").count(), 4);
    for label in &labels {
        assert_eq!(texts.iter().filter(|text| **text == label).count(), 2, "a row and a column: {label}");
    }
}

#[test]
fn a_cell_is_darker_the_larger_its_share_of_the_row() {
    let confusion = ConfusionMatrix::new(2, &[0, 0, 1, 1], &[0, 0, 0, 1]).unwrap();
    let svg = to_svg(&ConfusionFigure::new(&confusion, &labels(2)).unwrap()).unwrap();
    assert_eq!(filled(&svg, "#0C488C"), 1, "the whole row");
    assert_eq!(filled(&svg, "#86A4C6"), 2, "half a row");
}

#[test]
fn a_spectrogram_has_a_cell_for_each_value_and_names_its_axes() {
    let (spectrogram, config) = (spectrogram(), config());
    let figure = SpectrogramFigure::new(&spectrogram, &config).with_title("a sine");
    let svg = to_svg(&figure).unwrap();
    assert!(svg.matches("<rect").count() > spectrogram.frames() * spectrogram.bands());
    let texts = texts(&svg);
    for wanted in ["a sine", "time, s", "mel band, centre"] {
        assert!(texts.contains(&wanted), "{wanted}: {texts:?}");
    }
    assert!(texts.iter().any(|text| text.ends_with(" dB")), "{texts:?}");
    assert!(texts.iter().any(|text| text.ends_with(" kHz")), "{texts:?}");
}

#[test]
fn a_png_file_has_the_size_of_its_figure() {
    let (run, confusion, labels) = (run(&[1.0, 0.5]), confusion(3), labels(3));
    let (curves, matrix) = (CurvesFigure::new(&run), ConfusionFigure::new(&confusion, &labels).unwrap());
    assert_eq!(png_size(&to_png(&curves).unwrap()), curves.size());
    assert_eq!(png_size(&to_png(&matrix).unwrap()), matrix.size());
    assert_ne!(curves.size(), matrix.size());
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    let run = run(&[1.0, 0.5, 0.4]);
    let figure = CurvesFigure::new(&run);
    assert_eq!(to_svg(&figure).unwrap(), to_svg(&figure).unwrap());
    assert_eq!(to_png(&figure).unwrap(), to_png(&figure).unwrap());
}

#[test]
fn a_file_gets_the_format_of_its_ending_in_either_case() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&[1.0, 0.5]);
    let figure = CurvesFigure::new(&run);
    for name in ["curves.svg", "curves.SVG"] {
        save(&figure, folder.path().join(name)).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), to_svg(&figure).unwrap());
    }
    for name in ["curves.png", "curves.Png"] {
        save(&figure, folder.path().join(name)).unwrap();
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), to_png(&figure).unwrap());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "no temporary file is left");
}

#[test]
fn an_unknown_ending_is_an_error_that_names_the_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["curves.pdf", "curves", ".svg"] {
        let error = save(&CurvesFigure::new(&run(&[1.0])), folder.path().join(name)).unwrap_err();
        assert!(matches!(error, Error::Format { .. }), "{error}");
        assert!(error.to_string().ends_with("must end in one of: .svg, .png"), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_with_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/curves.svg");
    let error = save(&CurvesFigure::new(&run(&[1.0])), &path).unwrap_err();
    assert!(matches!(&error, Error::Io { path: at, .. } if *at == path), "{error}");
    assert!(error.to_string().contains("missing/curves.svg"), "{error}");
}

#[test]
fn a_run_without_epochs_and_one_of_a_single_epoch_can_be_drawn() {
    for run in [History::default(), run(&[0.7])] {
        let figure = CurvesFigure::new(&run);
        assert!(to_svg(&figure).unwrap().contains("accuracy"));
        assert_eq!(png_size(&to_png(&figure).unwrap()), figure.size());
    }
}

#[test]
fn losses_that_are_not_finite_do_not_spoil_the_scale() {
    let wild = to_svg(&CurvesFigure::new(&run(&[2.0, f64::NAN, f64::INFINITY, 1.0]))).unwrap();
    assert!(!wild.contains("NaN") && !wild.contains("inf"));
    let tame = to_svg(&CurvesFigure::new(&run(&[2.0, 1.9, 1.5, 1.0]))).unwrap();
    assert_eq!(texts(&wild), texts(&tame), "the same axes");
    let points = |svg: &str| svg.matches("<circle").count();
    assert_eq!(points(&wild) + 2, points(&tame), "an epoch without a number has no point");
}

#[test]
fn a_run_of_losses_that_are_never_finite_can_be_drawn() {
    for loss in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let svg = to_svg(&CurvesFigure::new(&run(&[loss; 3]))).unwrap();
        assert!(svg.contains("loss") && !svg.contains("NaN"));
    }
}

#[test]
fn one_class_can_be_drawn() {
    let (confusion, labels) = (confusion(1), labels(1));
    let svg = to_svg(&ConfusionFigure::new(&confusion, &labels).unwrap()).unwrap();
    assert_eq!(texts(&svg).iter().filter(|text| **text == "3").count(), 1);
}

#[test]
fn long_labels_are_shortened_to_the_space_beside_the_matrix() {
    let labels: Vec<_> = (0..50).map(|class| format!("{class} {}", "W".repeat(40))).collect();
    let confusion = confusion(50);
    let figure = ConfusionFigure::new(&confusion, &labels).unwrap();
    let svg = to_svg(&figure).unwrap();
    let names: Vec<_> = texts(&svg).into_iter().filter(|text| text.ends_with('…')).collect();
    assert_eq!(names.len(), 100);
    assert!(names.iter().all(|name| name.chars().count() < 14), "{names:?}");
    assert_eq!(png_size(&to_png(&figure).unwrap()), figure.size());
}

#[test]
fn labels_with_characters_that_mean_something_to_xml_are_escaped() {
    let labels = ["R&B <live>".to_owned(), "\"soul\"\u{1}".to_owned()];
    let confusion = confusion(2);
    let svg = to_svg(&ConfusionFigure::new(&confusion, &labels).unwrap()).unwrap();
    let texts = texts(&svg);
    assert!(texts.contains(&"R&amp;B &lt;live&gt;"), "{texts:?}");
    assert!(texts.contains(&"&quot;soul&quot;\u{fffd}"), "{texts:?}");
}

#[test]
fn as_many_labels_as_classes_are_needed() {
    let confusion = confusion(3);
    let error = ConfusionFigure::new(&confusion, &labels(2)).unwrap_err();
    assert!(matches!(error, Error::Labels { labels: 2, classes: 3 }), "{error}");
}

#[test]
fn a_summary_of_nothing_is_no_division_by_zero() {
    let nothing = ConfusionMatrix::new(2, &[], &[]).unwrap();
    let line = "0.00 (95 % interval 0.00-1.00; 0 of 0 right), macro-F1 0.00";
    assert_eq!(summary(&nothing), line);
}

#[test]
fn a_summary_tells_accuracy_interval_counts_and_macro_f1() {
    let line = "0.67 (95 % interval 0.39-0.86; 8 of 12 right), macro-F1 0.67";
    assert_eq!(summary(&confusion(4)), line);
}

/// Two seconds of music and maps of it.
fn explained() -> (Chunk, Array2<f32>) {
    let spectrogram = spectrogram().into_array();
    let map = Array2::from_shape_fn(spectrogram.dim(), |(frame, _)| if frame < 10 { 2.0 } else { -1.0 });
    let chunk = Chunk {
        music: spectrogram.nrows(),
        spectrogram,
        start: Duration::from_secs(60),
        frame_seconds: 1024.0 / 22_050.0,
    };
    (chunk, map)
}

#[test]
fn a_map_names_its_genres_time_and_frequency_and_marks_the_passage() {
    let ((chunk, map), config) = (explained(), config());
    let (start, duration) = (chunk.time(4), Duration::from_secs_f64(0.2));
    let passage = Passage { frames: 4..8, start, duration, before: 0.9, after: 0.1 };
    let figure = ExplanationFigure::new(&chunk, &config).with_title("a sine").with_passage(&passage);
    let figure = figure.with_map("waltz", &map).with_map("march", &map);
    let svg = to_svg(&figure).unwrap();
    let texts = texts(&svg);
    for wanted in ["a sine", "waltz", "march", "time, m:ss", "frequency, Hz", "1000", "1:00.5", "log-odds"] {
        assert!(texts.iter().any(|text| text.trim() == wanted), "{wanted}: {texts:?}");
    }
    assert_eq!(texts.iter().filter(|text| text.trim() == "most decisive 0.2 s").count(), 1, "{texts:?}");
    assert_eq!(png_size(&to_png(&figure).unwrap()), figure.size());
}

#[test]
fn what_speaks_for_a_genre_is_orange_and_what_speaks_against_it_is_blue() {
    let ((chunk, map), config) = (explained(), config());
    let cells = |map: &Array2<f32>| {
        let svg = to_svg(&ExplanationFigure::new(&chunk, &config).with_map("waltz", map)).unwrap();
        let fills = svg.split("<rect").filter(|rect| rect.contains("stroke=\"none\""));
        let colours =
            fills.filter_map(|rect| rect.split_once("fill=\"#")).map(|(_, rest)| rest[..6].to_owned());
        let channels = colours.map(|hex| (hex[..2].to_owned(), hex[4..].to_owned())); // red, blue
        channels.fold((0, 0), |(warm, cold), (red, blue)| {
            (warm + usize::from(red > blue), cold + usize::from(red < blue))
        })
    };
    let bar = cells(&map.mapv(|_| 0.0));
    let in_map = |map: &Array2<f32>| (cells(map).0 - bar.0, cells(map).1 - bar.1);
    let later = chunk.spectrogram.nrows() - 10;
    assert_eq!(in_map(&map), (10 * 16, later * 16), "the bands of the first ten frames, and of the others");
    assert_eq!(in_map(&map.mapv(|value| -value)), (later * 16, 10 * 16));
}

#[test]
fn maps_of_zeros_or_of_nothing_can_be_drawn() {
    let ((chunk, map), config) = (explained(), config());
    for figure in [
        ExplanationFigure::new(&chunk, &config),
        ExplanationFigure::new(&chunk, &config).with_map("waltz", &map.mapv(|_| 0.0)),
    ] {
        assert!(!to_svg(&figure).unwrap().contains("NaN"));
    }
}

#[test]
fn a_timeline_names_its_axes_and_genres_with_their_means() {
    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let classifier = Classifier::load(format!("{FIXTURES}/other.safetensors")).unwrap();
    let song = format!("{FIXTURES}/song.wav");
    for hop in [None, Some(Duration::from_millis(100)), Some(Duration::from_secs(10))] {
        let timeline = Timeline::read(&classifier, &song, hop, |_| {}).unwrap();
        let svg = to_svg(&TimelineFigure::new(&timeline).with_title("a song")).unwrap();
        let texts = texts(&svg);
        let first = timeline.ranking()[0];
        let legend = format!("{:.2}  {}", timeline.mean()[first], timeline.labels[first]);
        for wanted in ["a song", "time, m:ss", "probability", "0:00.1", "1.0", &legend] {
            assert!(texts.contains(&wanted), "{wanted}: {texts:?}");
        }
        let lines = svg.matches("<polyline").count();
        assert!(lines >= 6, "a line and a place in the legend for each genre: {lines}");
    }
}
