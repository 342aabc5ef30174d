//! Recipes in plain words.

use super::text::{counted, list};
use crate::grid::{Grid, NamedRecipe};
use mgc_train::{ClassWeights, TrainConfig};
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
            "in batches of {}, with the optimiser Adam at a learning rate of {}",
            train.batch_size, recipe.adam.lr
        ),
    ];
    parts.extend(rules(train));
    format!(
        "{}. The weights after the epoch that was best on the validation tracks are tested.",
        parts.join("; ")
    )
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
    let rules: Vec<String> = [plateau, stop, smoothed, weighted].into_iter().flatten().collect();
    (!rules.is_empty()).then(|| list(&rules))
}
