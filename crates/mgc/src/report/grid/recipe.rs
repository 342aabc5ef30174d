//! Recipes in plain words.

use super::text::{counted, list};
use crate::grid::{Grid, NamedRecipe};
use mgc_train::{ClassWeights, Selection, TrainConfig};
use serde::Serialize;

/// A recipe, and what it says where the grid is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Recipe {
    pub(super) name: String,
    pub(super) about: Option<String>,
}

/// Returns the recipes of these names.
pub(super) fn recipes(names: &[&str], grid: Option<&Grid>) -> Vec<Recipe> {
    let known = |name: &str| grid?.recipes.iter().find(|recipe| recipe.name == name);
    names.iter().map(|&name| Recipe { name: name.into(), about: known(name).map(about) }).collect()
}

/// Describes a recipe in two sentences: how training goes, and which weights are kept.
fn about(NamedRecipe { recipe, .. }: &NamedRecipe) -> String {
    let train = &recipe.train;
    let mut parts = vec![
        format!("at most {} (passes over the training tracks)", counted(train.epochs, "epoch")),
        format!(
            "in batches of {}, with the optimiser {} at a learning rate of {}",
            train.batch_size,
            recipe
                .weight_decay
                .map_or_else(|| "Adam".into(), |decay| format!("AdamW (weight decay {decay})")),
            recipe.adam.lr
        ),
    ];
    parts.extend(rules(train));
    parts.extend(examples(recipe));
    let kept = match (train.selection, train.average) {
        (Selection::Last, None) => "The weights after the last epoch are tested",
        (Selection::Last, Some(_)) => "The average of the weights over the training steps is tested",
        (_, None) => "The weights after the epoch that was best on the validation tracks are tested",
        (_, Some(_)) => {
            "The averaged weights after the epoch that was best on the validation tracks are tested"
        }
    };
    format!("{}. {kept}.", parts.join("; "))
}

/// Describes which examples are drawn, how they are changed, and in which windows a track is heard.
fn examples(recipe: &crate::recipe::Recipe) -> Option<String> {
    let sampling = recipe.train.sampling;
    let copies =
        (sampling.copies > 1).then(|| format!("each track is drawn {} times an epoch", sampling.copies));
    let groups = sampling.group_power.map(|_| "tracks of large groups are drawn less often".to_owned());
    let changed =
        (!recipe.augment.is_off()).then(|| "tracks are changed at random in every epoch".to_owned());
    let windows = recipe.windows.map(|windows| {
        format!("a track is tested as the mean over windows of {}", counted(windows.frames, "frame"))
    });
    let parts: Vec<String> = [copies, groups, changed, windows].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| list(&parts))
}

/// Describes what a recipe changes while it runs, and how it weighs its examples.
fn rules(train: &TrainConfig) -> Option<String> {
    let plateau = train.plateau.map(|rule| {
        format!(
            "the rate is multiplied by {} when the training loss stalls for {}",
            rule.factor,
            counted(rule.patience, "epoch")
        )
    });
    let stop = train.early_stopping.map(|rule| {
        format!("training ends early when the loss stalls for {}", counted(rule.patience, "epoch"))
    });
    let smoothed = (train.label_smoothing > 0.0)
        .then(|| format!("{} of each label is spread over all genres", train.label_smoothing));
    let weighted = (train.class_weights != ClassWeights::None).then(|| "rare genres count more".to_owned());
    let schedule = train.schedule.map(|_| "the rate rises at first and then falls along a cosine".to_owned());
    let rules: Vec<String> = [plateau, schedule, stop, smoothed, weighted].into_iter().flatten().collect();
    (!rules.is_empty()).then(|| list(&rules))
}
