//! Published Keras checkpoints as bundles.

use crate::error::Result;
use crate::model::bundle::Bundle;
use mgc_audio::MelConfig;
use mgc_datasets::{ExtendedBallroom, Gtzan};
use mgc_nets::{KerasProvenance, NetConfig, Variant, import_keras, import_keras_variant};
use mgc_train::Calibration;
use std::collections::BTreeMap;
use std::path::Path;

/// Returns the labels of a published checkpoint by the name of its dataset, in the order of its outputs.
///
/// The checkpoints themselves carry none: their classes are the sorted folder names of their dataset, `gtzan`
/// or `extended-ballroom`.
///
/// ```
/// assert_eq!(mgc::published_labels("gtzan").map(|labels| labels.len()), Some(10));
/// assert_eq!(mgc::published_labels("jukebox"), None);
/// ```
#[must_use]
pub fn published_labels(dataset: &str) -> Option<Vec<&'static str>> {
    let info = [Gtzan::INFO, ExtendedBallroom::INFO].into_iter().find(|info| info.name == dataset)?;
    Some(info.genres.iter().map(|(label, _)| *label).collect())
}

impl Bundle {
    /// Imports a Keras HDF5 checkpoint, with the front end it was trained on: [`MelConfig::bbnn`] for Liu's
    /// network, [`MelConfig::heakl`] for the others; change [`front_end`](Self::front_end) where that is not
    /// so.
    ///
    /// Without a `variant` the network is recognised by its layers ([`import_keras`]).
    ///
    /// ```no_run
    /// let labels = mgc::published_labels("gtzan").unwrap_or_default();
    /// mgc::Bundle::from_keras("1_fold_GTZAN_model.hdf5", &labels, None)?.save("bbnn.safetensors")?;
    /// # Ok::<(), mgc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Nets`](crate::Error::Nets) when the file is not such a checkpoint,
    /// [`Error::Model`](crate::Error::Model) when the labels do not fit it.
    pub fn from_keras(
        path: impl AsRef<Path>,
        labels: &[impl AsRef<str>],
        variant: Option<Variant>,
    ) -> Result<Self> {
        let checkpoint = match variant {
            None => import_keras(path)?,
            Some(variant) => import_keras_variant(path, variant)?,
        };
        let NetConfig { classes, width, growth, blocks, .. } = checkpoint.config;
        let liu = NetConfig { width, growth, blocks, ..Variant::Bbnn.config(classes) } == checkpoint.config;
        let bundle = Self {
            front_end: None,
            input: None,
            windows: None,
            network: checkpoint.config,
            labels: labels.iter().map(|label| label.as_ref().to_owned()).collect(),
            provenance: provenance(&checkpoint.provenance),
            calibration: Calibration::default(),
            tensors: checkpoint.tensors,
        };
        let bundle = bundle.with_front_end(if liu { MelConfig::bbnn() } else { MelConfig::heakl() });
        bundle.check()?;
        Ok(bundle)
    }
}

fn provenance(keras: &KerasProvenance) -> BTreeMap<String, String> {
    let topics = [
        ("imported from", Some(keras.file.clone())),
        ("keras version", keras.keras_version.clone()),
        ("keras backend", keras.backend.clone()),
        ("optimiser steps", keras.iterations.map(|steps| steps.to_string())),
    ];
    let known = topics.into_iter().filter_map(|(topic, text)| Some((topic.to_owned(), text?)));
    known.collect()
}
