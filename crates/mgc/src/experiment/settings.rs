//! What two runs must share for one to continue the other.

use crate::error::Difference;
use crate::experiment::builder::Experiment;
use crate::experiment::digest;
use mgc_datasets::{Split, SplitIndices};
use serde_json::{Map, Value, json};

/// The settings of an experiment whose tracks are divided so, all but the number of epochs, which may grow.
pub(super) fn of(experiment: &Experiment<'_>, sides: &SplitIndices, origin: &str) -> Value {
    let dataset = experiment.dataset;
    let recipe = experiment.recipe();
    let mut train = json!(recipe.train);
    if let Some(train) = train.as_object_mut() {
        train.remove("epochs");
    }
    let count = |split: Split| sides.side(split).len();
    json!({
        "format": 2,
        "dataset": { "name": dataset.info().name, "tracks": dataset.tracks().len(), "genres": dataset.genres() },
        "split": {
            "origin": origin, "train": count(Split::Train), "valid": count(Split::Valid), "test": count(Split::Test),
            "ids_labels_sides": digest::of_tracks(dataset, sides),
        },
        "network": experiment.network.settings(dataset.genres().len()),
        "recipe": { "train": train, "adam": recipe.adam },
        "front_end": experiment.front_end,
    })
}

/// Lists the settings in which two runs differ.
pub(super) fn differences(found: &Value, expected: &Value) -> Vec<Difference> {
    let mut list = Vec::new();
    compare("", Some(found), Some(expected), &mut list);
    list
}

fn compare(name: &str, found: Option<&Value>, expected: Option<&Value>, list: &mut Vec<Difference>) {
    match (found, expected) {
        (Some(Value::Object(found)), Some(Value::Object(expected))) => {
            for key in keys(found, expected) {
                let path = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                compare(&path, found.get(key), expected.get(key), list);
            }
        }
        (found, expected) if found != expected => {
            list.push(Difference { name: name.into(), found: found.cloned(), expected: expected.cloned() });
        }
        _ => {}
    }
}

/// All keys of both, each once.
fn keys<'a>(found: &'a Map<String, Value>, expected: &'a Map<String, Value>) -> Vec<&'a String> {
    let new = expected.keys().filter(|key| !found.contains_key(*key));
    found.keys().chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_settings_differ_in_nothing() {
        let settings = json!({"recipe": {"lr": 0.01}, "tracks": 3});
        assert_eq!(differences(&settings, &settings), []);
    }

    #[test]
    fn a_difference_is_told_by_its_path_with_both_values() {
        let found = json!({"recipe": {"lr": 0.01, "seed": 1}, "tracks": 3});
        let expected = json!({"recipe": {"lr": 0.02, "seed": 1}, "tracks": 3, "new": true});
        let list: Vec<_> = differences(&found, &expected).iter().map(Difference::to_string).collect();
        assert_eq!(list, ["recipe.lr: there 0.01, here 0.02", "new: there nothing, here true"]);
    }
}
