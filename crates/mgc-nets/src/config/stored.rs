//! Reads configurations, those of older files included.

use crate::config::{Block, HeadPool, KernelInit, NetConfig, Norm, Stem, Transition};
use mgc_ops::Activation;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// The fields of [`NetConfig`], and those that it once had.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    classes: usize,
    stem: Stem,
    width: usize,
    block: Block,
    blocks: usize,
    growth: usize,
    transition: Transition,
    norm: Norm,
    activation: Activation,
    head_pool: HeadPool,
    dropout: f64,
    kernel_init: KernelInit,
    /// A setting of the training that configurations once held; ignored.
    #[serde(default, rename = "label_smoothing")]
    _label_smoothing: IgnoredAny,
}

impl<'de> Deserialize<'de> for NetConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Ok(Self {
            classes: stored.classes,
            stem: stored.stem,
            width: stored.width,
            block: stored.block,
            blocks: stored.blocks,
            growth: stored.growth,
            transition: stored.transition,
            norm: stored.norm,
            activation: stored.activation,
            head_pool: stored.head_pool,
            dropout: stored.dropout,
            kernel_init: stored.kernel_init,
        })
    }
}
