//! Splits and folds of a dataset: how balanced they are, and what leaks.

use crate::Place;
use crate::common::cli::Outcome;
use crate::common::inputs::{no_url, open_present};
use crate::common::labels::read_groups;
use crate::common::say::{product, say};
use crate::common::text::thousands;
use clap::Args;
use mgc::datasets::{
    Dataset, FoldConfig, Split, SplitConfig, SplitIndices, SplitReport, Track, k_fold, official, repeated,
};
use serde_json::json;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Folds {
    #[command(flatten)]
    place: Place,

    /// Number of folds, 3 or more
    #[arg(long, default_value_t = 10)]
    k: usize,

    /// Number of random 80:10:10 splits to make instead of folds (much published code calls these folds)
    #[arg(long, value_name = "RUNS", conflicts_with = "k")]
    random: Option<NonZeroUsize>,

    /// Use the dataset's own split
    #[arg(long, conflicts_with_all = ["k", "random", "ignore_groups"])]
    official: bool,

    /// Allow tracks of one artist, album or recording on several sides
    #[arg(long)]
    ignore_groups: bool,

    /// Use your own groups: a CSV file of track id and group (a header may name the columns: id, track_id,
    /// file, ... and group, artist, album, ...)
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Seed of the split
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Print the track ids of every side of every fold as JSON
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
    let splits = divide(options, &tracks)?;
    if options.json {
        product(format!("{}\n", serde_json::to_string_pretty(&as_json(&tracks, &splits))?).as_bytes());
        return Ok(true);
    }
    for (fold, split) in splits.iter().enumerate() {
        let [train, valid, test] = Split::ALL.map(|side| thousands(split.side(side).len()));
        let balance = SplitReport::new(&tracks, dataset.genres().len(), split);
        let outside = match split.left_out(&tracks) {
            0 => String::new(),
            count => format!(", on no side {}", thousands(count)),
        };
        say!("fold {fold}: train {train}, valid {valid}, test {test}{outside}; {balance}");
    }
    if let Some(first) = splits.first() {
        say_balance(dataset.as_ref(), &tracks, first);
    }
    Ok(true)
}

fn divide(options: &Folds, tracks: &[Track]) -> Outcome<Vec<SplitIndices>> {
    let Folds { k, seed, .. } = *options;
    let grouped = !options.ignore_groups;
    if options.official {
        let name = &options.place.name;
        return Ok(vec![
            official(tracks)
                .ok_or_else(|| format!("{name} has no split of its own; leave out --official"))?,
        ]);
    }
    Ok(match options.random {
        Some(runs) => repeated(tracks, runs.get(), &SplitConfig { grouped, seed, ..Default::default() })?,
        None => k_fold(tracks, &FoldConfig { folds: k, grouped, seed })?,
    })
}

fn say_balance(dataset: &dyn Dataset, tracks: &[Track], split: &SplitIndices) {
    say!("\nfold 0 by genre{:9} train  valid   test", "");
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
