//! The memory that it takes to train a network, told from its layers.
//!
//! The factors were measured on 2026-11-28 with batches of 8 spectrograms of 647 x 128, for bbnn, proposed, blocks5,
//! selu, group_norm, squeeze_excitation, lstm, inception_resnet and xception.

use mgc_nets::{Block, LayerKind, LayerTable, NetConfig, Norm};

/// Channels of a map of the fast trunk.
const FUSED_CHANNELS: usize = 32;
/// Memory of a step in outputs of convolutions, where the trunk is one operation: 1.9 to 2.3 measured.
const FUSED_OUTPUTS: f64 = 2.2;
/// Memory of a step in outputs of all layers, where they run one by one: 0.7 to 1.1 measured.
const LAYER_OUTPUTS: f64 = 1.0;
/// Copies of the parameters while they are trained: values, gradients, Adam's two moments, those of the best epoch.
const COPIES: u64 = 5;
/// Bytes of a number.
const F32: u64 = 4;

/// An estimate of the memory that training takes, bytes. The step is told from the network's layers, within two
/// fifths of what was measured on Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// Maps and gradients of a training step.
    pub step: u64,
    /// Parameters, their gradients, the state of the optimiser and the best epoch's parameters.
    pub parameters: u64,
    /// The spectrograms of the dataset. They are mapped from the disk and shared by all cells: with less memory
    /// than this, each epoch reads them from the disk again.
    pub features: u64,
}

impl Memory {
    /// Returns what a cell needs for itself: all but the features.
    #[must_use]
    pub fn own(&self) -> u64 {
        self.step + self.parameters
    }
}

/// Returns whether the layers up to the head are trained as one operation, and not one by one.
pub(crate) fn is_fused(config: &NetConfig) -> bool {
    let plain = match &config.block {
        Block::Broadcast(block) => block.squeeze_ratio.is_none() && block.lstm_units.is_none(),
        _ => false,
    };
    plain && config.norm == Norm::Batch && config.growth == FUSED_CHANNELS && config.width == FUSED_CHANNELS
}

/// Estimates the memory of training steps on `batch` spectrograms, with `features` of them at hand.
pub(super) fn memory(config: &NetConfig, layers: &LayerTable, batch: usize, features: usize) -> Memory {
    let outputs = |of: &dyn Fn(LayerKind) -> bool| -> f64 {
        let wanted = layers.layers.iter().filter(|layer| of(layer.kind));
        wanted.map(|layer| layer.output.iter().product::<usize>() as f64).sum()
    };
    let kept = match is_fused(config) {
        true => FUSED_OUTPUTS * outputs(&|kind| kind == LayerKind::Conv),
        false => LAYER_OUTPUTS * outputs(&|_| true),
    };
    let (frames, bands) = layers.input;
    Memory {
        step: (kept * batch as f64) as u64 * F32,
        parameters: layers.parameters() as u64 * COPIES * F32,
        features: (features * frames * bands) as u64 * F32,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is the finding itself")]

    use super::{is_fused, memory};
    use mgc_nets::{Variant, layer_table};

    /// Growth of the peak resident memory over five training steps of 8 spectrograms of 647 x 128, MiB: measured
    /// on 2026-11-28 (Linux, glibc), each in a process of its own.
    const MEASURED: [(Variant, f64); 10] = [
        (Variant::Bbnn, 861.0),
        (Variant::Proposed, 1139.0),
        (Variant::Blocks1, 424.0),
        (Variant::Blocks5, 1363.0),
        (Variant::Selu, 909.0),
        (Variant::GroupNorm, 3867.0),
        (Variant::SqueezeExcitation, 3602.0),
        (Variant::Lstm, 4512.0),
        (Variant::InceptionResnet, 253.0),
        (Variant::Xception, 3652.0),
    ];

    #[test]
    fn the_estimated_memory_of_a_step_is_within_two_fifths_of_the_measured() {
        for (variant, measured) in MEASURED {
            let config = variant.config(10);
            let estimated = memory(&config, &layer_table(&config, (647, 128)).unwrap(), 8, 1000);
            let ratio = estimated.step as f64 / 1_048_576.0 / measured;
            assert!((0.85..1.4).contains(&ratio), "{variant}: {ratio:.2}");
            assert_eq!(estimated.features, 1000 * 647 * 128 * 4);
        }
    }

    #[test]
    fn gates_memories_and_other_norms_run_layer_by_layer() {
        let layered: Vec<_> =
            Variant::ALL.into_iter().filter(|variant| !is_fused(&variant.config(10))).collect();
        let expected = [
            Variant::GroupNorm,
            Variant::SqueezeExcitation,
            Variant::Lstm,
            Variant::InceptionResnet,
            Variant::Xception,
        ];
        assert_eq!(layered, expected);
    }
}
