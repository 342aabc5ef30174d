//! What is trained on what, and how.

use crate::experiment::network::Network;
use crate::experiment::split::SplitChoice;
use crate::recipe::Recipe;
use candle::Device;
use mgc_audio::MelConfig;
use mgc_datasets::{Dataset, Source};
use std::path::PathBuf;

/// A dataset, a split of it, a network and a recipe.
///
/// [`new`](Self::new) starts from the paper's recipe, the dataset's own split (80:10:10 if it has none) and,
/// for audio, the front end [`MelConfig::bbnn`]; the `with_` methods change one of them each.
pub struct Experiment<'a> {
    pub(super) dataset: &'a dyn Dataset,
    pub(super) network: Box<dyn Network + 'a>,
    pub(super) recipe: Recipe,
    pub(super) front_end: Option<MelConfig>,
    pub(super) split: SplitChoice,
    pub(super) store: Option<PathBuf>,
    pub(super) overwrite: bool,
    pub(super) device: Device,
}

impl<'a> Experiment<'a> {
    /// Describes an experiment with `network` on `dataset`: a [`Variant`](mgc_nets::Variant), a
    /// [`NetConfig`](mgc_nets::NetConfig), or a network of your own
    /// ([`CustomNetwork`](crate::experiment::CustomNetwork)).
    ///
    /// ```
    /// use mgc::experiment::Experiment;
    /// use mgc::nets::Variant;
    /// # let root = tempfile::tempdir()?;
    /// # let root = root.path();
    /// # let tiny = mgc::datasets::SyntheticConfig { seconds: 0.5, train: 1, valid: 1, test: 1, ..Default::default() };
    /// # mgc::datasets::Synthetic::write(root, &tiny, |_, _| ())?;
    ///
    /// let dataset = mgc::datasets::open("synthetic", root)?;
    /// let experiment = Experiment::new(dataset.as_ref(), Variant::Proposed);
    /// # drop(experiment);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(dataset: &'a dyn Dataset, network: impl Network + 'a) -> Self {
        let audio = dataset.tracks().iter().any(|track| matches!(track.source, Source::Audio(_)));
        Self {
            dataset,
            network: Box::new(network),
            recipe: Recipe::paper(),
            front_end: audio.then(MelConfig::bbnn),
            split: SplitChoice::Standard,
            store: None,
            overwrite: false,
            device: Device::Cpu,
        }
    }

    /// Trains by another recipe; its seed also seeds the initial weights.
    #[must_use]
    pub fn with_recipe(self, recipe: Recipe) -> Self {
        Self { recipe, ..self }
    }

    /// Turns audio into spectrograms with these settings. For a dataset of finished spectrograms: declares
    /// how they were made, so that the saved model can read audio.
    #[must_use]
    pub fn with_front_end(self, front_end: MelConfig) -> Self {
        Self { front_end: Some(front_end), ..self }
    }

    /// Divides the tracks in another way.
    #[must_use]
    pub fn with_split(self, split: SplitChoice) -> Self {
        Self { split, ..self }
    }

    /// Replaces the run that the folder holds, this one included, by a new one. It is deleted after the data
    /// could be read, so a mistake in the data costs nothing.
    #[must_use]
    pub fn with_overwrite(self, overwrite: bool) -> Self {
        Self { overwrite, ..self }
    }

    /// Keeps the spectrograms in a [`FeatureStore`](mgc_datasets::FeatureStore) in `folder` and trains from
    /// that file: nothing is computed twice, and the dataset may be larger than main memory.
    #[must_use]
    pub fn with_store(self, folder: impl Into<PathBuf>) -> Self {
        Self { store: Some(folder.into()), ..self }
    }

    /// Trains on another device than the CPU: possible for a network of your own on candle's operations. The
    /// networks of [`mgc_nets`] compute on the CPU alone, so far.
    #[must_use]
    pub fn with_device(self, device: Device) -> Self {
        Self { device, ..self }
    }

    /// The recipe, with what the network asks of its training.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        self.network.recipe(self.recipe)
    }

    /// The front end, if there is one.
    #[must_use]
    pub fn front_end(&self) -> Option<&MelConfig> {
        self.front_end.as_ref()
    }
}

impl std::fmt::Debug for Experiment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Experiment")
            .field("dataset", &self.dataset.info().name)
            .field("network", &self.network.name())
            .field("recipe", &self.recipe)
            .field("front_end", &self.front_end)
            .field("split", &self.split)
            .field("store", &self.store)
            .field("overwrite", &self.overwrite)
            .field("device", &self.device)
            .finish()
    }
}
