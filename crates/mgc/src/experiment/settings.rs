//! What two runs must share for one to continue the other.

use crate::experiment::builder::Experiment;
use crate::experiment::digest;
use mgc_datasets::{Split, SplitIndices, composed};
use serde_json::{Value, json};

/// The settings of an experiment whose tracks are divided so. The number of epochs, which may grow, is among them
/// only if a schedule depends on it.
pub(super) fn of(experiment: &Experiment<'_>, sides: &SplitIndices, origin: &str) -> Value {
    let dataset = experiment.dataset;
    let recipe = experiment.recipe();
    let mut train = json!(recipe.train);
    if let Some(train) = train.as_object_mut().filter(|_| !recipe.train.is_bound_to_epochs()) {
        train.remove("epochs");
    }
    let genres: Vec<_> = dataset.genres().iter().map(|genre| composed(genre)).collect();
    let count = |split: Split| sides.side(split).len();
    let mut settings = json!({
        "format": 2,
        "dataset": { "name": dataset.info().name, "tracks": dataset.tracks().len(), "genres": genres },
        "split": {
            "origin": origin, "train": count(Split::Train), "valid": count(Split::Valid), "test": count(Split::Test),
            "ids_labels_sides": digest::of_tracks(dataset, sides),
        },
        "network": experiment.network.settings(dataset.genres().len()),
        "recipe": { "train": train, "adam": recipe.adam },
        "front_end": experiment.front_end,
    });
    if let Some(decay) = recipe.weight_decay {
        settings["recipe"]["weight_decay"] = json!(decay);
    }
    if !recipe.augment.is_off() {
        settings["recipe"]["augment"] = json!(recipe.augment);
    }
    if let Some(windows) = recipe.windows {
        settings["recipe"]["windows"] = json!(windows);
    }
    if let Some(seconds) = experiment.chunk_hop {
        settings["chunk_hop_seconds"] = json!(seconds);
        settings["validation"] = json!("tracks"); // chunks, in the first versions
    }
    settings
}
