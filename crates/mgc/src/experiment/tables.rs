//! The tables of a run: which side each track is on, and which tracks could not be used.

use crate::error::Result;
use crate::experiment::data::Data;
use crate::experiment::run_folder::{RunFolder, io};
use mgc_datasets::{Skipped, Split, path_text};
use std::path::Path;

/// Writes `split.csv` and `skipped.csv`.
pub(super) fn write(folder: &RunFolder, data: &Data<'_>) -> Result<()> {
    let sides = Split::ALL.into_iter().flat_map(|split| rows(data, split));
    write_csv(&folder.file(RunFolder::SPLIT), ["id", "genre", "split", "group"], sides)?;
    let skipped = data.skipped().iter().map(skipped);
    write_csv(&folder.file(RunFolder::SKIPPED), ["id", "path", "reason"], skipped)
}

fn rows<'a>(data: &'a Data<'_>, split: Split) -> impl Iterator<Item = [String; 4]> + 'a {
    let dataset = data.dataset();
    let mut tracks = data.side(split).tracks().to_vec();
    tracks.dedup(); // several chunks of a track
    tracks.into_iter().map(move |index| {
        let track = &dataset.tracks()[index];
        let genre = track.genre.map_or("", |genre| &dataset.genres()[genre]);
        [track.id.clone(), genre.into(), split.name().into(), track.group.clone().unwrap_or_default()]
    })
}

fn skipped(skipped: &Skipped) -> [String; 3] {
    let path = skipped.path.as_ref().map_or(String::new(), path_text);
    [skipped.id.clone(), path, skipped.reason.clone()]
}

fn write_csv<const N: usize>(
    path: &Path,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<()> {
    let written = mgc_files::replace(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        table.write_record(header)?;
        rows.into_iter().try_for_each(|row| table.write_record(row))?;
        table.flush()
    });
    written.map_err(|source| io(path, source))
}
