//! Named ways to train.

use crate::dropout::DropoutSeeds;
use crate::error::{Error, Result};
use crate::windows::Windows;
use mgc_nets::{BroadcastNet, Variant};
use mgc_train::{AdamConfig, AdamWConfig, AugmentConfig, TrainConfig, Trainer};
use std::str::FromStr;

/// The settings of a training run under one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// The loop: epochs, batch size, seed, plateau, early stopping.
    pub train: TrainConfig,
    /// The optimiser.
    pub adam: AdamConfig,
    /// Decoupled weight decay, at least 0: with it [`AdamW`](mgc_train::AdamW) takes the place of Adam, with
    /// the other settings of `adam`. Default none, as in the paper.
    pub weight_decay: Option<f64>,
    /// How the training examples are changed in every epoch. Default: not at all.
    pub augment: AugmentConfig,
    /// The windows in which a network hears a track, but for its training: one that learns from crops is
    /// validated, tested and used in windows of their length. Default none: it hears the track whole.
    pub windows: Option<Windows>,
}

impl Recipe {
    /// The names that [`str::parse`] knows.
    pub const NAMES: &'static [&'static str] = &["paper", "quick"];

    /// Returns the settings of Heakl et al. (2022), section 4: Adam at 0.01, batches of 8, at most 100
    /// epochs, the rate halved when the training loss stalls, early stopping.
    ///
    /// ```
    /// let recipe = mgc::Recipe::paper();
    /// assert_eq!((recipe.train.epochs, recipe.adam.lr), (100, 0.01));
    /// ```
    #[must_use]
    pub fn paper() -> Self {
        Self {
            train: TrainConfig::default(),
            adam: AdamConfig::default(),
            weight_decay: None,
            augment: AugmentConfig::default(),
            windows: None,
        }
    }

    /// Returns settings for small machines and the embedded corpus: those of the paper with 6 epochs, no
    /// early stopping, and a rate of 0.003. At 0.01 the validation accuracy still varies widely after 13
    /// epochs.
    ///
    /// ```
    /// let recipe = mgc::Recipe::quick();
    /// assert_eq!((recipe.train.epochs, recipe.train.early_stopping), (6, None));
    /// ```
    #[must_use]
    pub fn quick() -> Self {
        let paper = Self::paper();
        Self {
            train: TrainConfig { epochs: 6, early_stopping: None, ..paper.train },
            adam: AdamConfig { lr: 0.003, ..paper.adam },
            ..paper
        }
    }

    /// Returns the settings of AdamW, where the recipe asks for it.
    pub(crate) fn adamw(&self) -> Option<AdamWConfig> {
        let AdamConfig { lr, beta1, beta2, epsilon, clip_norm } = self.adam;
        let weight_decay = self.weight_decay?;
        Some(AdamWConfig { lr, beta1, beta2, epsilon, weight_decay, clip_norm })
    }

    /// Adds the settings that a variant prescribes for its training: label smoothing, for
    /// [`Variant::LabelSmoothing`].
    ///
    /// ```
    /// use mgc::{Recipe, nets::Variant};
    /// let recipe = Recipe::paper().for_variant(Variant::LabelSmoothing);
    /// assert_eq!(recipe.train.label_smoothing, 0.1);
    /// assert_eq!(Recipe::paper().for_variant(Variant::Proposed), Recipe::paper());
    /// ```
    #[must_use]
    pub fn for_variant(mut self, variant: Variant) -> Self {
        self.train.label_smoothing = variant.label_smoothing().unwrap_or(self.train.label_smoothing);
        self
    }

    /// Returns a trainer with these settings, and dropout masks that a resumed run draws again
    /// ([`DropoutSeeds`]).
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc::candle::{DType, Device, Tensor};
    /// use mgc::nets::{NetConfig, Variant, broadcast_net};
    /// use mgc::train::{Adam, TensorExamples, seeded, trainable};
    /// use mgc::Recipe;
    ///
    /// let variant = Variant::LabelSmoothing;
    /// let network = NetConfig { width: 4, growth: 4, blocks: 1, ..variant.config(2) };
    /// let inputs = Tensor::randn(0f32, 1., (4, 1, 16, 8), &Device::Cpu)?;
    /// let examples = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu)?)?;
    /// let vars = VarMap::new();
    /// let net = broadcast_net(&network, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    /// let recipe = Recipe::quick().for_variant(variant);
    /// let mut adam = Adam::from_named_vars(trainable(&vars)?, recipe.adam)?;
    /// let history = recipe.trainer(&net).fit(&net, &mut adam, &examples, None)?;
    /// assert_eq!(history.epochs.len(), recipe.train.epochs);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trainer<'a>(&self, net: &'a BroadcastNet) -> Trainer<'a> {
        Trainer::new(self.train).with(DropoutSeeds::new(net, self.train.seed))
    }
}

/// The recipe of a name.
///
/// ```
/// use mgc::Recipe;
///
/// assert_eq!("paper".parse::<Recipe>()?, Recipe::paper());
/// assert!("papr".parse::<Recipe>().unwrap_err().to_string().contains("did you mean `paper`?"));
/// # Ok::<(), mgc::Error>(())
/// ```
impl FromStr for Recipe {
    type Err = Error;

    /// # Errors
    /// [`Error::UnknownRecipe`], which lists the known ones.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "paper" => Ok(Self::paper()),
            "quick" => Ok(Self::quick()),
            _ => Err(Error::UnknownRecipe {
                name: name.to_owned(),
                suggestion: resembling(name, Self::NAMES),
                known: Self::NAMES,
            }),
        }
    }
}

/// Returns the name that resembles a mistyped one, if any does.
fn resembling(name: &str, known: &'static [&'static str]) -> Option<&'static str> {
    const CLOSE: f64 = 0.7; // Jaro-Winkler, 0 to 1
    let name = name.to_lowercase();
    let likeness = known.iter().map(|known| (strsim::jaro_winkler(&name, known), *known));
    let near = likeness.filter(|(likeness, _)| *likeness > CLOSE).max_by(|a, b| a.0.total_cmp(&b.0));
    near.map(|(_, known)| known)
}
