//! The networks as Keras stores them: layers in the order of creation in the published code.

use crate::config::NetConfig;
use crate::inspect::layer::{Layer as Row, LayerKind};
use crate::inspect::layer_table::layer_table;
use crate::layers::GATES;
use candle::Result;

/// A kind of layer with tensors. Keras numbers the layers of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Conv,
    Norm,
    Dense,
    Separable,
    GroupNorm,
    Lstm,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Conv, Self::Norm, Self::Dense, Self::Separable, Self::GroupNorm, Self::Lstm];

    /// Returns Keras' name of the first layer of this kind; later ones add a number.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Conv => "conv2d",
            Self::Norm => "batch_normalization",
            Self::Dense => "dense",
            Self::Separable => "separable_conv2d",
            Self::GroupNorm => "group_normalization",
            Self::Lstm => "lstm",
        }
    }

    /// Returns the word for layers of this kind in messages.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Conv => "convolutions",
            Self::Norm => "normalisations",
            Self::Dense => "dense layers",
            Self::Separable => "separable convolutions",
            Self::GroupNorm => "group normalisations",
            Self::Lstm => "LSTMs",
        }
    }

    /// Parses a layer's name: `conv2d_21` is convolution 21, `conv2d` convolution 0.
    pub(super) fn parse(name: &str) -> Option<(Self, u64)> {
        Self::ALL.into_iter().find_map(|kind| {
            let number = match name.strip_prefix(kind.prefix())? {
                "" => 0,
                rest => rest.strip_prefix('_')?.parse().ok()?,
            };
            Some((kind, number))
        })
    }
}

/// A layer of the network and the tensors it needs.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) kind: Kind,
    pub(super) weights: Vec<Weight>,
}

/// A tensor of a layer, in Keras' layout and in ours.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) keras: &'static str,
    /// The public name.
    pub(super) name: String,
    /// As Keras stores it.
    pub(super) shape: Vec<usize>,
    /// Keras' axes in our order.
    pub(super) axes: &'static [usize],
}

impl Weight {
    pub(super) fn elements(&self) -> usize {
        self.shape.iter().fold(1, |product: usize, &size| product.saturating_mul(size))
    }
}

/// Kernels (rows, columns, in, out) to (out, in, rows, columns).
const OUT_FIRST: &[usize] = &[3, 2, 0, 1];
/// Kernels (rows, columns, channel, 1) to (channel, 1, rows, columns).
const CHANNEL_FIRST: &[usize] = &[2, 3, 0, 1];
const TRANSPOSED: &[usize] = &[1, 0];

/// Lists the layers with tensors, kind after kind, each kind in the order of creation.
pub(super) fn layers(config: &NetConfig) -> Result<Vec<Layer>> {
    let table = layer_table(config, config.min_input())?;
    let mut layers: Vec<Layer> = vec![];
    for row in &table.layers {
        match row.kind {
            // the second half of a separable convolution, one layer in Keras
            LayerKind::Conv if row.name.ends_with(".pw") => {
                if let Some(separable) = layers.last_mut() {
                    separable
                        .weights
                        .extend([kernel(row, "pointwise_kernel", OUT_FIRST), vector(row, "bias", "bias")]);
                }
            }
            _ => layers.extend(layer(row)),
        }
    }
    layers.sort_by_key(|layer| layer.kind); // stable
    Ok(layers)
}

fn layer(row: &Row) -> Option<Layer> {
    let (kind, weights) = match row.kind {
        LayerKind::Conv => (Kind::Conv, vec![kernel(row, "kernel", OUT_FIRST), vector(row, "bias", "bias")]),
        LayerKind::DepthwiseConv => (Kind::Separable, vec![kernel(row, "depthwise_kernel", CHANNEL_FIRST)]),
        LayerKind::BatchNorm => (
            Kind::Norm,
            [&AFFINE[..], &RUNNING].concat().into_iter().map(|(k, n)| vector(row, k, n)).collect(),
        ),
        LayerKind::GroupNorm => {
            (Kind::GroupNorm, AFFINE.into_iter().map(|(k, n)| vector(row, k, n)).collect())
        }
        LayerKind::Dense => (
            Kind::Dense,
            vec![matrix(row, "kernel", "weight", [row.inputs, row.output[2]]), vector(row, "bias", "bias")],
        ),
        LayerKind::Lstm => (Kind::Lstm, lstm(row)),
        _ => return None,
    };
    Some(Layer { kind, weights })
}

const AFFINE: [(&str, &str); 2] = [("gamma", "weight"), ("beta", "bias")];
const RUNNING: [(&str, &str); 2] = [("moving_mean", "running_mean"), ("moving_variance", "running_var")];

fn lstm(row: &Row) -> Vec<Weight> {
    let (inputs, units) = (row.inputs, row.output[2]);
    let gates = GATES * units;
    let bias = Weight { shape: vec![gates], ..vector(row, "bias", "bias") };
    vec![
        matrix(row, "kernel", "weight_ih", [inputs, gates]),
        matrix(row, "recurrent_kernel", "weight_hh", [units, gates]),
        bias,
    ]
}

fn kernel(row: &Row, keras: &'static str, axes: &'static [usize]) -> Weight {
    let (rows, columns) = row.window.map_or((1, 1), |window| window.kernel);
    let outputs = if axes == OUT_FIRST { row.output[2] } else { 1 };
    Weight {
        keras,
        name: format!("{}.weight", row.name),
        shape: vec![rows, columns, row.inputs, outputs],
        axes,
    }
}

fn matrix(row: &Row, keras: &'static str, name: &str, shape: [usize; 2]) -> Weight {
    Weight { keras, name: format!("{}.{name}", row.name), shape: shape.to_vec(), axes: TRANSPOSED }
}

fn vector(row: &Row, keras: &'static str, name: &str) -> Weight {
    Weight { keras, name: format!("{}.{name}", row.name), shape: vec![row.output[2]], axes: &[0] }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_name_without_number_is_the_first_and_other_kinds_are_none() {
        assert_eq!(Kind::parse("conv2d"), Some((Kind::Conv, 0)));
        assert_eq!(Kind::parse("batch_normalization_107"), Some((Kind::Norm, 107)));
        assert_eq!(Kind::parse("dense_4"), Some((Kind::Dense, 4)));
        assert_eq!(Kind::parse("separable_conv2d_1"), Some((Kind::Separable, 1)));
        for other in ["conv2d_transpose_3", "conv2d_", "conv2d9", "lstm_cell", "stem", ""] {
            assert_eq!(Kind::parse(other), None, "{other}");
        }
    }
}
