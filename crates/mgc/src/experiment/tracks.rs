//! Names the tracks in which a run differs from the one that a folder holds.

use crate::error::{Error, ExperimentError};
use crate::experiment::run_folder::RunFolder;
use mgc_datasets::{Dataset, Split, SplitIndices, composed};
use mgc_train::differences;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Adds the tracks that differ to the refusal of another run's folder, as far as its tables name them.
pub(super) fn named(error: Error, folder: &RunFolder, dataset: &dyn Dataset, sides: &SplitIndices) -> Error {
    match error {
        Error::Experiment(reason) => match *reason {
            ExperimentError::OtherRun { folder: path, mut differences } => {
                if differences.iter().any(|difference| difference.name.ends_with(DIGEST)) {
                    differences.extend(changed(folder, dataset, sides));
                }
                ExperimentError::OtherRun { folder: path, differences }.into()
            }
            other => other.into(),
        },
        other => other,
    }
}

/// The setting that says whether any track differs.
const DIGEST: &str = "ids_labels_sides";

fn changed(folder: &RunFolder, dataset: &dyn Dataset, sides: &SplitIndices) -> Vec<mgc_train::Difference> {
    let mut now = Map::new();
    for side in Split::ALL {
        for track in sides.side(side).iter().map(|&index| &dataset.tracks()[index]) {
            if let Some(genre) = track.genre.and_then(|genre| dataset.genres().get(genre)) {
                now.insert(composed(&track.id).into_owned(), place(genre, side.name()));
            }
        }
    }
    let rows = rows(&folder.file(RunFolder::SPLIT));
    let cells =
        |row: &csv::StringRecord| Some((composed(row.get(0)?).into_owned(), place(row.get(1)?, row.get(2)?)));
    let before: Map<_, _> = rows.iter().filter_map(cells).collect();
    if before.is_empty() {
        return Vec::new();
    }
    // a track that could not be used has no side in the tables
    let skipped: BTreeSet<String> = self::rows(&folder.file(RunFolder::SKIPPED))
        .iter()
        .filter_map(|row| Some(composed(row.get(0)?).into_owned()))
        .collect();
    now.retain(|id, _| before.contains_key(id) || !skipped.contains(id));
    differences(&under("track", now), &under("track", before))
}

fn place(genre: &str, side: &str) -> Value {
    json!(format!("{}, {side}", composed(genre)))
}

fn under(name: &str, fields: Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), Value::Object(fields))])
}

/// The rows of a table of the run; none where it cannot be read.
fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).map_or_else(|_| Vec::new(), |table| table.into_records().flatten().collect())
}
