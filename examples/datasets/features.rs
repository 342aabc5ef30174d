//! The spectrograms of a dataset in a store on the disk, by one process or by several.

use crate::Place;
use crate::common::cli::Outcome;
use crate::common::inputs::{no_url, open_present};
use crate::common::progress::bar;
use crate::common::say::{say, tell};
use crate::common::text::{thousands, time};
use clap::Args;
use mgc::audio::{FrontEnd, MelConfig};
use mgc::datasets::{FeatureStore, Progress, Shard, Skipped};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args)]
pub(crate) struct Features {
    #[command(flatten)]
    place: Place,

    /// Folder of the store; a grid looks in OUT/features/NAME of its own --out
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Front end by its name: bbnn, quick
    #[arg(long, default_value = "bbnn")]
    front_end: MelConfig,

    /// Compute only part I of N and publish nothing; the same command without --shard finds the rows of all
    /// parts and publishes them
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// First take over the rows of a part that was computed in a folder of its own
    #[arg(long, value_name = "DIR", conflicts_with = "shard")]
    merge: Vec<PathBuf>,
}

/// Skipped tracks that are named.
const SHOWN: usize = 5;

pub(crate) fn features(options: &Features) -> Outcome<bool> {
    no_url(&options.out)?;
    let dataset = open_present(&options.place.name, &options.place.root)?;
    let front_end = FrontEnd::new(options.front_end.clone())?;
    let tracks = dataset.tracks();
    let labelled: Vec<usize> = (0..tracks.len()).filter(|&index| tracks[index].genre.is_some()).collect();
    if !options.merge.is_empty() {
        say!("{} rows taken over", thousands(FeatureStore::merge(&options.merge, &options.out)?));
    }
    let (started, bar) = (Instant::now(), bar("Log-mel", labelled.len()));
    let mut last = Progress::default();
    let tell = |progress: &Progress| {
        last = *progress;
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    };
    let (dataset, out) = (dataset.as_ref(), &options.out);
    let skipped = match options.shard {
        Some(shard) => FeatureStore::build_shard(dataset, labelled, &front_end, out, shard, tell)?,
        None => FeatureStore::build(dataset, labelled, &front_end, out, tell)?.skipped().to_vec(),
    };
    bar.finish_and_clear();
    let [computed, found] = [last.computed, last.reused].map(thousands);
    let part = options.shard.map_or_else(String::new, |shard| format!("part {shard}: "));
    say!("{part}{computed} computed, {found} found, {} skipped, {}", skipped.len(), time(started.elapsed()));
    tell_skipped(&skipped);
    Ok(true)
}

fn tell_skipped(skipped: &[Skipped]) {
    skipped.iter().take(SHOWN).for_each(|track| tell!("skipped {}: {}", track.id, track.reason));
    if skipped.len() > SHOWN {
        tell!("... and {} more", thousands(skipped.len() - SHOWN));
    }
}
