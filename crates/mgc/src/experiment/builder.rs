//! What is trained on what, and how.

use crate::error::Result;
use crate::experiment::network::Network;
use crate::experiment::settings;
use crate::experiment::split::SplitChoice;
use crate::recipe::Recipe;
use candle::Device;
use mgc_audio::MelConfig;
use mgc_datasets::{Dataset, FeatureStore, Source};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

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
    pub(super) chunk_hop: Option<f64>,
    pub(super) store: Option<PathBuf>,
    /// All spectrograms of the dataset, computed before.
    pub(super) features: Option<Arc<FeatureStore>>,
    #[cfg(feature = "tensorboard")]
    pub(super) tensorboard: bool,
    pub(super) overwrite: bool,
    pub(super) device: Device,
    pub(super) sure_accuracy: Option<f64>,
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
            chunk_hop: None,
            store: None,
            features: None,
            #[cfg(feature = "tensorboard")]
            tensorboard: false,
            overwrite: false,
            device: Device::Cpu,
            sure_accuracy: None,
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

    /// Cuts every track into chunks of the front end's length ([`MelConfig::chunk_samples`]) that begin
    /// `hop_seconds` apart, trains on all chunks of the training tracks, and scores tracks as well as chunks
    /// ([`Outcome::by_track`](crate::experiment::Outcome::by_track)). Otherwise the network hears the first
    /// chunk of each track alone.
    ///
    /// Training counts chunks. Validation counts tracks, each by the mean of the probabilities over its chunks,
    /// in the log and in the choice of the best epoch. The chunks of a track are all on its side of the split.
    /// Finished spectrograms cannot be cut.
    #[must_use]
    pub fn with_chunks(self, hop_seconds: f64) -> Self {
        Self { chunk_hop: Some(hop_seconds), ..self }
    }

    /// Writes the curves for TensorBoard into the folder's
    /// [`TENSORBOARD`](crate::experiment::RunFolder::TENSORBOARD), too: `tensorboard --logdir` of that folder, or
    /// of one above several runs, shows them. It changes nothing else, so a run may be resumed with it.
    #[cfg(feature = "tensorboard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tensorboard")))]
    #[must_use]
    pub fn with_tensorboard(self) -> Self {
        Self { tensorboard: true, ..self }
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

    /// Has the model call its least probable answers not sure, so that the others are right for this share of
    /// the validation tracks, above 0 and up to 1; without it every answer counts. Where no threshold reaches
    /// the share, the model file states none. It changes no weight, so a run may be given another one.
    ///
    /// With 30 validation tracks or more the model file also states the temperature that makes its
    /// probabilities fit them ([`Calibration`](mgc_train::Calibration)).
    #[must_use]
    pub fn with_sure_accuracy(self, share: f64) -> Self {
        Self { sure_accuracy: Some(share), ..self }
    }

    /// Takes the spectrograms from an open store of all labelled tracks, made by the same front end; no audio is
    /// read. Experiments that share a store's folder by [`with_store`](Self::with_store) hash all audio each,
    /// and each publishes its own order of the rows.
    #[cfg(feature = "grid")]
    #[must_use]
    pub(crate) fn with_features(self, features: Arc<FeatureStore>) -> Self {
        Self { features: Some(features), ..self }
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

    /// Returns all settings that determine the result, but for the number of epochs, as `run.json` keeps them;
    /// the digest of the spectrograms is not among them before they are computed.
    ///
    /// # Errors
    /// As [`SplitChoice::divide`].
    pub fn settings(&self) -> Result<Value> {
        let (split, origin) = self.split.divide(self.dataset.tracks())?;
        Ok(settings::of(self, &split, &origin))
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
            .field("chunk_hop", &self.chunk_hop)
            .field("store", &self.store)
            .field("overwrite", &self.overwrite)
            .field("device", &self.device)
            .field("sure_accuracy", &self.sure_accuracy)
            .finish()
    }
}
