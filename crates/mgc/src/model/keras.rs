//! Published Keras checkpoints as bundles.

use crate::error::{Error, Result};
use crate::model::bundle::Bundle;
use mgc_audio::MelConfig;
use mgc_nets::{KerasProvenance, NetConfig, Variant, import_keras, import_keras_variant};
use std::collections::BTreeMap;
use std::path::Path;

/// GTZAN's folders in alphabetical order, which Liu's code took as classes.
const GTZAN: [&str; 10] =
    ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"];

/// Extended Ballroom's folders in alphabetical order.
const EXTENDED_BALLROOM: [&str; 13] = [
    "Chacha",
    "Foxtrot",
    "Jive",
    "Pasodoble",
    "Quickstep",
    "Rumba",
    "Salsa",
    "Samba",
    "Slowwaltz",
    "Tango",
    "Viennesewaltz",
    "Waltz",
    "Wcswing",
];

/// The labels of a published checkpoint by the name of its dataset, in the order of its outputs.
///
/// The checkpoints themselves carry none: their classes are the sorted folder names of their dataset.
///
/// ```
/// assert_eq!(mgc::published_labels("gtzan").map(|labels| labels.len()), Some(10));
/// ```
pub fn published_labels(dataset: &str) -> Option<&'static [&'static str]> {
    match dataset {
        "gtzan" => Some(&GTZAN),
        "extended-ballroom" => Some(&EXTENDED_BALLROOM),
        _ => None,
    }
}

impl Bundle {
    /// Imports a Keras HDF5 checkpoint, with the front end it was trained on: [`MelConfig::bbnn`] for Liu's network,
    /// [`MelConfig::heakl`] for the others; change [`front_end`](Self::front_end) where that is not so.
    ///
    /// Without a `variant` the network is told by its layers ([`import_keras`]).
    ///
    /// # Errors
    /// [`Error::Nets`] when the file is not such a checkpoint, [`Error::Model`] when the labels do not fit it.
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
            network: checkpoint.config,
            labels: labels.iter().map(|label| label.as_ref().to_owned()).collect(),
            provenance: provenance(&checkpoint.provenance),
            tensors: checkpoint.tensors,
        };
        let bundle = bundle.with_front_end(if liu { MelConfig::bbnn() } else { MelConfig::heakl() });
        bundle.check().map_err(Error::Model)?;
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
