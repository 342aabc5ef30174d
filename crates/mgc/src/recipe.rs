//! Named ways to train.

use crate::error::{Error, Result};
use mgc_train::{AdamConfig, TrainConfig};

/// The settings of a training run under one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// The loop: epochs, batch size, seed, plateau, early stopping.
    pub train: TrainConfig,
    /// The optimiser.
    pub adam: AdamConfig,
}

impl Recipe {
    /// The names that [`preset`](Self::preset) knows.
    pub const PRESETS: &'static [&'static str] = &["paper", "quick"];

    /// Heakl et al. (2022), section 4: Adam at 0.01, batches of 8, at most 100 epochs, the rate halved when the
    /// training loss stalls, early stop.
    pub fn paper() -> Self {
        Self { train: TrainConfig::default(), adam: AdamConfig::default() }
    }

    /// For small machines and the embedded corpus: the paper's, cut to 13 epochs without early stop.
    pub fn quick() -> Self {
        let paper = Self::paper();
        Self { train: TrainConfig { epochs: 13, early_stopping: None, ..paper.train }, ..paper }
    }

    /// The recipe of this name.
    ///
    /// # Errors
    /// [`Error::UnknownRecipe`], which lists the known ones.
    pub fn preset(name: &str) -> Result<Self> {
        match name {
            "paper" => Ok(Self::paper()),
            "quick" => Ok(Self::quick()),
            _ => Err(Error::UnknownRecipe { name: name.to_owned() }),
        }
    }
}
