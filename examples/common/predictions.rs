//! What a model says about the tracks of a dataset: the table, and warnings.

use super::cli::Outcome;
use super::files::csv_bytes;
use super::say::tell;
use mgc::datasets::{Source, Track, path_text};
use mgc::{Prediction, Predictions};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The first column, for audio and for arrays.
const NAMES: [&str; 2] = ["file", "id"];
const THEN: [&str; 2] = ["label", "predicted"];

/// A CSV file: file (or id), label, predicted, a probability for each genre.
pub(crate) fn table_bytes(tracks: &[Track], predictions: &Predictions) -> Outcome<Vec<u8>> {
    let audio = tracks.iter().any(|track| matches!(track.source, Source::Audio(_)));
    let names = [NAMES[usize::from(!audio)], THEN[0], THEN[1]].map(str::to_owned).into_iter();
    let header: Vec<_> = names.chain(predictions.labels.iter().map(|label| format!("p_{label}"))).collect();
    let row = |prediction: &Prediction| row(&tracks[prediction.track], prediction, &predictions.labels);
    csv_bytes(&header, &predictions.tracks.iter().map(row).collect::<Vec<_>>())
}

fn row(track: &Track, prediction: &Prediction, labels: &[String]) -> Vec<String> {
    let name = match &track.source {
        Source::Audio(path) => path_text(path.file_name().unwrap_or_default()),
        _ => track.id.clone(),
    };
    let label = prediction.truth.map_or(String::new(), |truth| labels[truth].clone());
    let probabilities = prediction.probabilities.iter().map(|probability| format!("{probability:.7}"));
    [name, label, labels[prediction.predicted()].clone()].into_iter().chain(probabilities).collect()
}

/// Names the first tracks of which nothing was heard.
pub(crate) fn warn_of_silence(tracks: &[Track], silent: &[usize]) {
    if !silent.is_empty() {
        let names: Vec<_> = silent.iter().take(5).map(|&index| tracks[index].id.as_str()).collect();
        let more = if silent.len() > names.len() { ", ..." } else { "" };
        tell!("warning: silence in {} tracks: {}{more}", silent.len(), names.join(", "));
    }
}

/// Whether the file begins as such a table does.
pub(super) fn is_table(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(64).read_to_end(&mut start));
    let begins = |name| start.starts_with(format!("{name},{},", THEN.join(",")).as_bytes());
    read.is_ok() && NAMES.into_iter().any(begins)
}
