//! Options that choose a recipe and change single settings of it.

use super::cli::Outcome;
use clap::Args;
use mgc::Recipe;
use mgc::train::ClassWeights;

#[derive(Args)]
pub(crate) struct RecipeOptions {
    /// Training settings: paper (up to 100 epochs, early stop) or quick (6 epochs at 0.003)
    #[arg(long, default_value = "paper")]
    pub(crate) recipe: String,

    /// Largest number of epochs [default: the recipe's]
    #[arg(long)]
    epochs: Option<usize>,

    /// Examples per step [default: the recipe's, 8]
    #[arg(long)]
    batch_size: Option<usize>,

    /// Initial learning rate [default: the recipe's: 0.01, quick 0.003]
    #[arg(long, allow_negative_numbers = true)]
    lr: Option<f64>,

    /// What counts alike: none, every example, so that frequent genres count more; balanced, every genre, for data
    /// of unequal genres [default: the recipe's, none]
    #[arg(long, value_name = "none|balanced")]
    class_weights: Option<ClassWeights>,

    /// Scale the gradient of all weights together down to this length where it is longer; 1 helps where the loss
    /// jumps or training diverges [default: the recipe's, no limit]
    #[arg(long, value_name = "LENGTH", allow_negative_numbers = true)]
    clip_norm: Option<f64>,

    /// Seed of the initial weights and of the order of the examples (not of the split)
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl RecipeOptions {
    /// The recipe with the settings that were given.
    pub(crate) fn recipe(&self) -> Outcome<Recipe> {
        let mut recipe: Recipe = self.recipe.parse()?;
        recipe.train.seed = self.seed;
        recipe.train.epochs = self.epochs.unwrap_or(recipe.train.epochs);
        recipe.train.batch_size = self.batch_size.unwrap_or(recipe.train.batch_size);
        recipe.adam.lr = self.lr.unwrap_or(recipe.adam.lr);
        recipe.train.class_weights = self.class_weights.unwrap_or(recipe.train.class_weights);
        recipe.adam.clip_norm = self.clip_norm.or(recipe.adam.clip_norm);
        check("--epochs", recipe.train.epochs > 0)?;
        check("--batch-size", recipe.train.batch_size > 0)?;
        check("--lr", is_positive(recipe.adam.lr))?;
        check("--clip-norm", recipe.adam.clip_norm.is_none_or(is_positive))?;
        Ok(recipe)
    }
}

fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

fn check(option: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("{option} must be above 0").into()) }
}
