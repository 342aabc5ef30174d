//! The pass that records every layer with its sizes.

use crate::config::HeadPool;
use crate::inspect::layer::{Layer, LayerKind};
use crate::layers::{
    Conv, Coordinate, Dense, DenseActivation, Depthwise, Dropout, GATES, Lstm, Norm, Normaliser, Pool,
};
use crate::pass::Pass;
use candle::{Result, bail};
use mgc_ops::{Activation, Window};

/// The layers visited so far.
pub(crate) struct Listing {
    pub(crate) layers: Vec<Layer>,
    /// The smallest input of the network, in (frames, bands), for the error.
    pub(crate) least: (usize, usize),
}

/// A map of `channels` x `frames` x `bands`; a vector is a map of one position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) channels: usize,
    pub(crate) frames: usize,
    pub(crate) bands: usize,
}

impl Size {
    fn positions(&self) -> usize {
        self.frames.saturating_mul(self.bands)
    }

    fn vector(features: usize) -> Self {
        Self { channels: features, frames: 1, bands: 1 }
    }
}

/// The cost of a layer: trained values, other values, multiply-adds.
#[derive(Default)]
struct Cost {
    trainable: usize,
    fixed: usize,
    macs: usize,
}

/// The cost of a sliding window: its trained values, and multiply-adds for each position of its output.
#[derive(Default)]
struct WindowCost {
    trainable: usize,
    macs: usize,
}

impl Listing {
    fn push(
        &mut self,
        (name, kind): (&str, LayerKind),
        window: Option<Window>,
        (from, to): (&Size, Size),
        cost: &Cost,
    ) -> Size {
        self.layers.push(Layer {
            name: name.to_owned(),
            kind,
            window,
            inputs: from.channels,
            output: [to.frames, to.bands, to.channels],
            parameters: cost.trainable + cost.fixed,
            trainable: cost.trainable,
            macs: cost.macs as u64,
        });
        to
    }

    /// Records a layer without tensors whose output size is known.
    fn plain(&mut self, name: &str, kind: LayerKind, from: &Size, to: Size) -> Size {
        self.push((name, kind), None, (from, to), &Cost::default())
    }

    fn too_small(&self, name: &str, window: (usize, usize), map: &Size) -> candle::Error {
        candle::Error::msg(format!(
            "{name}: a window of {window:?} does not fit a map of {} x {}; \
             the network needs at least {} frames x {} bands",
            map.frames, map.bands, self.least.0, self.least.1
        ))
    }

    fn slide(
        &mut self,
        (name, kind): (&str, LayerKind),
        window: Window,
        from: &Size,
        channels: usize,
        cost: &WindowCost,
    ) -> Result<Size> {
        let Ok((frames, bands)) = window.output_size(from.frames, from.bands) else {
            return Err(self.too_small(name, window.kernel, from));
        };
        let to = Size { channels, frames, bands };
        let cost =
            Cost { trainable: cost.trainable, fixed: 0, macs: cost.macs.saturating_mul(to.positions()) };
        Ok(self.push((name, kind), Some(window), (from, to), &cost))
    }
}

impl Pass for Listing {
    type Map = Size;

    fn coordinate(&mut self, layer: &Coordinate, x: &Size) -> Result<Size> {
        let to = Size { channels: x.channels + 1, ..*x };
        Ok(self.plain(&layer.name, LayerKind::Coordinate, x, to))
    }

    fn conv(&mut self, layer: &Conv, x: &Size) -> Result<Size> {
        let ((kh, kw), (inputs, outputs)) = (layer.window.kernel, layer.channels);
        let weights = kh * kw * inputs * outputs;
        let cost = WindowCost { trainable: weights + outputs, macs: weights };
        self.slide((&layer.name, LayerKind::Conv), layer.window, x, outputs, &cost)
    }

    fn depthwise(&mut self, layer: &Depthwise, x: &Size) -> Result<Size> {
        let ((kh, kw), channels) = (layer.window.kernel, layer.channels);
        let weights = kh * kw * channels;
        let cost = WindowCost { trainable: weights, macs: weights };
        self.slide((&layer.name, LayerKind::DepthwiseConv), layer.window, x, channels, &cost)
    }

    fn norm(&mut self, layer: &Norm, x: &Size) -> Result<Size> {
        let (kind, fixed) = match layer.normaliser {
            Normaliser::Batch { .. } => (LayerKind::BatchNorm, 2 * layer.channels),
            Normaliser::Group => (LayerKind::GroupNorm, 0),
        };
        let cost = Cost { trainable: 2 * layer.channels, fixed, macs: 0 };
        self.push((&layer.name, kind), None, (x, *x), &cost);
        let kind = match layer.activation {
            Activation::Identity => return Ok(*x),
            Activation::Relu => LayerKind::Relu,
            Activation::Selu => LayerKind::Selu,
        };
        Ok(self.plain(&format!("{}.act", layer.name), kind, x, *x))
    }

    fn max_pool(&mut self, layer: &Pool, x: &Size) -> Result<Size> {
        self.slide((&layer.name, LayerKind::MaxPool), layer.window, x, x.channels, &WindowCost::default())
    }

    fn average_pool(&mut self, layer: &Pool, x: &Size) -> Result<Size> {
        self.slide((&layer.name, LayerKind::AveragePool), layer.window, x, x.channels, &WindowCost::default())
    }

    fn global_pool(&mut self, name: &str, pool: HeadPool, x: &Size) -> Result<Size> {
        let (kind, each) = match pool {
            HeadPool::Average => (LayerKind::GlobalAveragePool, 1),
            HeadPool::Max => (LayerKind::GlobalMaxPool, 1),
            HeadPool::SubBands(count) if count > x.bands => return Err(self.too_small(name, (1, count), x)),
            HeadPool::SubBands(count) => (LayerKind::SubBandPool, 2 * count),
        };
        Ok(self.plain(name, kind, x, Size::vector(x.channels * each)))
    }

    fn concat(&mut self, name: &str, parts: &[Size]) -> Result<Size> {
        let Some(first) = parts.first() else { bail!("{name}: nothing to join") };
        let to = Size { channels: parts.iter().map(|part| part.channels).sum(), ..*first };
        Ok(self.plain(name, LayerKind::Concat, &to, to))
    }

    fn add(&mut self, name: &str, x: &Size, _: &Size) -> Result<Size> {
        Ok(self.plain(name, LayerKind::Add, x, *x))
    }

    fn gate(&mut self, name: &str, x: &Size, _: &Size) -> Result<Size> {
        Ok(self.plain(name, LayerKind::Multiply, x, *x))
    }

    fn dense(&mut self, layer: &Dense, x: &Size) -> Result<Size> {
        let (inputs, outputs) = layer.features;
        let cost = Cost { trainable: inputs * outputs + outputs, fixed: 0, macs: inputs * outputs };
        let to = self.push((&layer.name, LayerKind::Dense), None, (x, Size::vector(outputs)), &cost);
        let kind = match layer.activation {
            DenseActivation::Identity => return Ok(to),
            DenseActivation::Relu => LayerKind::Relu,
            DenseActivation::Selu => LayerKind::Selu,
            DenseActivation::Sigmoid => LayerKind::Sigmoid,
        };
        Ok(self.plain(&format!("{}.act", layer.name), kind, &to, to))
    }

    fn lstm(&mut self, layer: &Lstm, x: &Size) -> Result<Size> {
        let Lstm { name, inputs, units, .. } = layer;
        let sequence =
            self.plain(&format!("{name}.mean"), LayerKind::MeanOverBands, x, Size { bands: 1, ..*x });
        let weights = GATES * units * (inputs + units);
        let cost =
            Cost { trainable: weights + GATES * units, fixed: 0, macs: weights.saturating_mul(x.frames) };
        let states = Size { channels: *units, ..sequence };
        let states = self.push((name, LayerKind::Lstm), None, (&sequence, states), &cost);
        let to = Size { channels: *units, ..*x };
        Ok(self.plain(&format!("{name}.repeat"), LayerKind::RepeatOverBands, &states, to))
    }

    fn dropout(&mut self, name: &str, _: &Dropout, x: &Size) -> Result<Size> {
        Ok(self.plain(name, LayerKind::Dropout, x, *x))
    }
}
