//! Splits and folds of a dataset: how balanced they are, and what leaks.

use crate::Place;
use crate::common::cli::Outcome;
use crate::common::inputs::{no_url, open_present};
use crate::common::labels::read_groups;
use crate::common::say::{product, say};
use crate::common::text::thousands;
use clap::Args;
use mgc::datasets::{Dataset, Protocol, Split, SplitIndices, SplitReport, Track};
use serde_json::json;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Folds {
    #[command(flatten)]
    place: Place,

    /// How tracks are divided:
    ///
    /// published: random 80:10:10 splits by genre, as in the code of the broadcast paper; artists lie on two sides.
    ///
    /// kfold: each track tested once; artists lie on two sides.
    ///
    /// grouped: each track tested once, groups (artists, albums, duplicates) on one side.
    ///
    /// official: the dataset's own split.
    ///
    /// [default: grouped where tracks have groups, else kfold]
    #[arg(long, value_name = "NAME")]
    protocol: Option<Protocol>,

    /// Folds, 3 or more, or random splits; an official split is one
    #[arg(long, value_name = "N", default_value = "10")]
    runs: NonZeroUsize,

    /// Use your own groups: a CSV file of track id and group (a header may name the columns: id, track_id,
    /// file, ... and group, artist, album, ...)
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Seed of the folds or splits
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Print the track ids of every side of every fold or split as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn folds(options: &Folds) -> Outcome<bool> {
    let dataset = open_present(&options.place.name, &options.place.root)?;
    let mut tracks = dataset.tracks().to_vec();
    if let Some(file) = &options.groups {
        no_url(file)?;
        read_groups(file)?.apply(&mut tracks)?;
    }
    let grouped = tracks.iter().any(|track| track.group.is_some());
    let protocol = options.protocol.unwrap_or(if grouped { Protocol::Grouped } else { Protocol::KFold });
    let splits = protocol.splits(&tracks, options.runs.get(), options.seed)?;
    if options.json {
        product(format!("{}\n", serde_json::to_string_pretty(&as_json(&tracks, &splits))?).as_bytes());
        return Ok(true);
    }
    let name = if matches!(protocol, Protocol::KFold | Protocol::Grouped) { "fold" } else { "split" };
    say!("{protocol}: {}\n", protocol.description());
    for (fold, split) in splits.iter().enumerate() {
        let [train, valid, test] = Split::ALL.map(|side| thousands(split.side(side).len()));
        let balance = SplitReport::new(&tracks, dataset.genres().len(), split);
        let outside = match split.left_out(&tracks) {
            0 => String::new(),
            count => format!(", on no side {}", thousands(count)),
        };
        say!("{name} {fold}: train {train}, valid {valid}, test {test}{outside}; {balance}");
    }
    if let Some(first) = splits.first() {
        say!("\n{:24} train  valid   test", format!("{name} 0 by genre"));
        say_balance(dataset.as_ref(), &tracks, first);
    }
    Ok(true)
}

fn say_balance(dataset: &dyn Dataset, tracks: &[Track], split: &SplitIndices) {
    let counts = SplitReport::new(tracks, dataset.genres().len(), split).counts;
    for (genre, [train, valid, test]) in dataset.genres().iter().zip(counts) {
        say!("{genre:24} {train:>5}  {valid:>5}  {test:>5}");
    }
}

fn as_json(tracks: &[Track], splits: &[SplitIndices]) -> serde_json::Value {
    let ids = |side: &[usize]| -> Vec<&str> { side.iter().map(|&index| tracks[index].id.as_str()).collect() };
    let fold = |split: &SplitIndices| json!({ "train": ids(split.train()), "valid": ids(split.valid()), "test": ids(split.test()) });
    splits.iter().map(fold).collect()
}
