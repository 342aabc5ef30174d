//! Liu's network as Keras stores it: the layers in the order the published code created them.

use crate::config::NetConfig;

/// Branches of a block; each adds `width` channels.
const BRANCHES: usize = 4;

/// The layers that own tensors; Keras numbers each kind by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Conv,
    Norm,
    Dense,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Conv, Self::Norm, Self::Dense];

    /// What Keras calls the first layer of this kind; later ones get a number behind it.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Conv => "conv2d",
            Self::Norm => "batch_normalization",
            Self::Dense => "dense",
        }
    }

    /// `conv2d_21` is convolution 21, `conv2d` convolution 0.
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

/// A layer of the network and what it needs.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) weights: Vec<Weight>,
}

/// A tensor of a layer, in Keras' layout and in ours.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) keras: &'static str,
    pub(super) name: &'static str,
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

/// Every layer of the network in creation order.
pub(super) fn layers(config: &NetConfig) -> Vec<Layer> {
    let width = config.width;
    let channels = |block: usize| width.saturating_mul(1 + BRANCHES * block);
    let last = channels(config.blocks);
    let mut layers = vec![conv("stem.conv".into(), 3, 1, width), norm("stem.bn".into(), width)];
    for i in 0..config.blocks {
        layers.extend(block(&format!("block{}", i + 1), channels(i), config));
    }
    layers.extend([norm("trans.bn".into(), last), conv("trans.conv".into(), 1, last, width)]);
    layers.extend([norm("head.bn".into(), width), dense("head.fc".into(), width, config.classes)]);
    layers
}

fn block(block: &str, inputs: usize, config: &NetConfig) -> [Layer; 12] {
    let width = config.width;
    let norm = |part: &str, channels| norm(format!("{block}.{part}"), channels);
    let conv = |part: &str, kernel, inputs| conv(format!("{block}.{part}"), kernel, inputs, width);
    [
        norm("b1.bn", inputs),
        conv("b1.conv", 1, inputs),
        norm("b3.bn1", inputs),
        conv("b3.conv1", 1, inputs),
        norm("b3.bn2", width),
        conv("b3.conv2", 3, width),
        norm("b5.bn1", inputs),
        conv("b5.conv1", 1, inputs),
        norm("b5.bn2", width),
        conv("b5.conv2", config.branch5, width),
        norm("bp.bn", inputs),
        conv("bp.conv", 1, inputs),
    ]
}

fn conv(name: String, kernel: usize, inputs: usize, outputs: usize) -> Layer {
    let weight = Weight {
        keras: "kernel",
        name: "weight",
        shape: vec![kernel, kernel, inputs, outputs],
        axes: &[3, 2, 0, 1],
    };
    Layer { name, kind: Kind::Conv, weights: vec![weight, vector("bias", "bias", outputs)] }
}

fn norm(name: String, channels: usize) -> Layer {
    let weights = vec![
        vector("gamma", "weight", channels),
        vector("beta", "bias", channels),
        vector("moving_mean", "running_mean", channels),
        vector("moving_variance", "running_var", channels),
    ];
    Layer { name, kind: Kind::Norm, weights }
}

fn dense(name: String, inputs: usize, outputs: usize) -> Layer {
    let weight = Weight { keras: "kernel", name: "weight", shape: vec![inputs, outputs], axes: &[1, 0] };
    Layer { name, kind: Kind::Dense, weights: vec![weight, vector("bias", "bias", outputs)] }
}

fn vector(keras: &'static str, name: &'static str, length: usize) -> Weight {
    Weight { keras, name, shape: vec![length], axes: &[0] }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_name_without_number_is_the_first_and_other_kinds_are_none() {
        assert_eq!(Kind::parse("conv2d"), Some((Kind::Conv, 0)));
        assert_eq!(Kind::parse("batch_normalization_107"), Some((Kind::Norm, 107)));
        assert_eq!(Kind::parse("dense_4"), Some((Kind::Dense, 4)));
        for other in ["conv2d_transpose_3", "conv2d_", "conv2d9", "separable_conv2d_1", "stem", ""] {
            assert_eq!(Kind::parse(other), None, "{other}");
        }
    }
}
