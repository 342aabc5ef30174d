//! The settings and data that a run must share with the one that it continues.

use crate::augment::Augmentation;
use crate::data::examples::Examples;
use crate::data::sampler::groups_digest;
use crate::error::Difference;
use crate::optim::resumable::ResumableOptimizer;
use crate::run::config::TrainConfig;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the settings of a run by name. The number of epochs, which may grow, is among them only if it
/// determines the steps before the last.
pub(crate) fn settings(
    config: &TrainConfig,
    augmentation: Option<&Augmentation>,
    optimizer: &impl ResumableOptimizer,
    (train, valid): (&dyn Examples, Option<&dyn Examples>),
    groups: Option<&[usize]>,
) -> serde_json::Result<Map<String, Value>> {
    let mut settings = Map::new();
    if let Value::Object(config) = serde_json::to_value(config)? {
        settings.extend(config);
    }
    if !config.is_bound_to_epochs() {
        settings.remove("epochs");
    }
    if let Some(augmentation) = augmentation {
        settings.insert("augmentation".into(), serde_json::to_value(augmentation)?);
    }
    let (name, optimizer) = optimizer.identity()?;
    settings.insert(name, optimizer);
    if let Some(groups) = groups.filter(|_| config.sampling.group_power.is_some()) {
        settings.insert("groups".into(), json!(groups_digest(groups)));
    }
    settings.insert("train_examples".into(), json!(train.len()));
    settings.insert("valid_examples".into(), json!(valid.map(Examples::len)));
    if let Some(recordings) = valid.and_then(Examples::recordings) {
        let distinct: BTreeSet<_> = recordings.into_iter().collect();
        settings.insert("valid_recordings".into(), json!(distinct.len()));
    }
    Ok(settings)
}

/// Returns by name what differs between the settings of this run and those found in a file.
///
/// ```
/// use mgc_train::differences;
/// use serde_json::json;
///
/// let (here, there) = (json!({"adam": {"lr": 0.01}, "seed": 1}), json!({"adam": {"lr": 0.02}, "seed": 1}));
/// let (Some(here), Some(there)) = (here.as_object(), there.as_object()) else { unreachable!() };
/// let found: Vec<_> = differences(here, there).iter().map(ToString::to_string).collect();
/// assert_eq!(found, ["adam.lr is 0.02 in the file and 0.01 in this run"]);
/// ```
#[must_use]
pub fn differences(expected: &Map<String, Value>, found: &Map<String, Value>) -> Vec<Difference> {
    let (expected, found) = (leaves(expected), leaves(found));
    let names: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let text = |value: Option<&Value>| value.map_or("absent".to_owned(), Value::to_string);
    let differs = names.into_iter().filter(|name| expected.get(*name) != found.get(*name));
    differs
        .map(|name| Difference {
            name: name.clone(),
            expected: text(expected.get(name)),
            found: text(found.get(name)),
        })
        .collect()
}

/// Returns every value that holds no other one, by its place: `plateau.patience`, `labels[2]`.
fn leaves(fields: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    fields.iter().for_each(|(name, value)| collect(name.clone(), value, &mut leaves));
    leaves
}

fn collect(name: String, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (field, value) in fields {
                collect(format!("{name}.{field}"), value, leaves);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for (index, value) in values.iter().enumerate() {
                collect(format!("{name}[{index}]"), value, leaves);
            }
        }
        leaf => {
            leaves.insert(name, leaf.clone());
        }
    }
}
