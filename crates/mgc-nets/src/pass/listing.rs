//! Writes down every layer with its sizes.

use super::Pass;
use crate::config::HeadPool;
use crate::layer_table::{Layer, LayerKind};
use crate::layers::{Conv, Dense, DenseActivation, Depthwise, Dropout, GATES, Lstm, Norm, Normaliser, Pool};
use candle::{Result, bail};
use mgc_ops::{Activation, Window};

/// The layers met so far.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) layers: Vec<Layer>,
}

/// A map of `channels` x `frames` x `bands`, or a vector (a map of one cell).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) channels: usize,
    pub(crate) frames: usize,
    pub(crate) bands: usize,
}

impl Size {
    fn cells(&self) -> usize {
        self.frames * self.bands
    }

    fn vector(features: usize) -> Self {
        Self { channels: features, frames: 1, bands: 1 }
    }
}

/// What a layer costs.
#[derive(Default)]
struct Cost {
    trainable: usize,
    fixed: usize,
    macs: usize,
}

impl Listing {
    fn push(
        &mut self,
        name: &str,
        kind: LayerKind,
        window: Option<Window>,
        from: &Size,
        to: Size,
        cost: &Cost,
    ) -> Result<Size> {
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
        Ok(to)
    }

    fn slide(
        &mut self,
        name: &str,
        kind: LayerKind,
        window: Window,
        from: &Size,
        channels: usize,
        trainable: usize,
        macs_per_cell: usize,
    ) -> Result<Size> {
        let Ok((frames, bands)) = window.output_size(from.frames, from.bands) else {
            bail!(
                "{name}: a window of {:?} does not fit a map of {} x {}",
                window.kernel,
                from.frames,
                from.bands
            )
        };
        let to = Size { channels, frames, bands };
        let cost = Cost { trainable, fixed: 0, macs: macs_per_cell * to.cells() };
        self.push(name, kind, Some(window), from, to, &cost)
    }
}

impl Pass for Listing {
    type Map = Size;

    fn conv(&mut self, layer: &Conv, x: &Size) -> Result<Size> {
        let (kh, kw) = layer.window.kernel;
        let (inputs, outputs) = layer.channels;
        let weights = kh * kw * inputs * outputs;
        self.slide(&layer.name, LayerKind::Conv, layer.window, x, outputs, weights + outputs, weights)
    }

    fn depthwise(&mut self, layer: &Depthwise, x: &Size) -> Result<Size> {
        let (kh, kw) = layer.window.kernel;
        let weights = kh * kw * layer.channels;
        self.slide(&layer.name, LayerKind::DepthwiseConv, layer.window, x, layer.channels, weights, weights)
    }

    fn norm(&mut self, layer: &Norm, x: &Size) -> Result<Size> {
        let (kind, fixed) = match layer.normaliser {
            Normaliser::Batch { .. } => (LayerKind::BatchNorm, 2 * layer.channels),
            Normaliser::Group => (LayerKind::GroupNorm, 0),
        };
        self.push(&layer.name, kind, None, x, *x, &Cost { trainable: 2 * layer.channels, fixed, macs: 0 })?;
        match layer.activation {
            Activation::Identity => Ok(*x),
            Activation::Selu => {
                self.push(&format!("{}.act", layer.name), LayerKind::Selu, None, x, *x, &Cost::default())
            }
            _ => self.push(&format!("{}.act", layer.name), LayerKind::Relu, None, x, *x, &Cost::default()),
        }
    }

    fn max_pool(&mut self, layer: &Pool, x: &Size) -> Result<Size> {
        self.slide(&layer.name, LayerKind::MaxPool, layer.window, x, x.channels, 0, 0)
    }

    fn average_pool(&mut self, layer: &Pool, x: &Size) -> Result<Size> {
        self.slide(&layer.name, LayerKind::AveragePool, layer.window, x, x.channels, 0, 0)
    }

    fn global_pool(&mut self, name: &str, pool: HeadPool, x: &Size) -> Result<Size> {
        let kind = match pool {
            HeadPool::Average => LayerKind::GlobalAveragePool,
            HeadPool::Max => LayerKind::GlobalMaxPool,
        };
        self.push(name, kind, None, x, Size::vector(x.channels), &Cost::default())
    }

    fn concat(&mut self, name: &str, parts: &[Size]) -> Result<Size> {
        let Some(first) = parts.first() else { bail!("{name}: nothing to join") };
        let to = Size { channels: parts.iter().map(|part| part.channels).sum(), ..*first };
        self.push(name, LayerKind::Concat, None, &to, to, &Cost::default())
    }

    fn add(&mut self, name: &str, x: &Size, _: &Size) -> Result<Size> {
        self.push(name, LayerKind::Add, None, x, *x, &Cost::default())
    }

    fn gate(&mut self, name: &str, x: &Size, _: &Size) -> Result<Size> {
        self.push(name, LayerKind::Multiply, None, x, *x, &Cost::default())
    }

    fn dense(&mut self, layer: &Dense, x: &Size) -> Result<Size> {
        let (inputs, outputs) = layer.features;
        let cost = Cost { trainable: inputs * outputs + outputs, fixed: 0, macs: inputs * outputs };
        let to = self.push(&layer.name, LayerKind::Dense, None, x, Size::vector(outputs), &cost)?;
        let kind = match layer.activation {
            DenseActivation::Identity => return Ok(to),
            DenseActivation::Relu => LayerKind::Relu,
            DenseActivation::Sigmoid => LayerKind::Sigmoid,
        };
        self.push(&format!("{}.act", layer.name), kind, None, &to, to, &Cost::default())
    }

    fn lstm(&mut self, layer: &Lstm, x: &Size) -> Result<Size> {
        let Lstm { name, inputs, units, .. } = layer;
        let gates = GATES * units;
        let sequence = Size { bands: 1, ..*x };
        self.push(&format!("{name}.mean"), LayerKind::MeanOverBands, None, x, sequence, &Cost::default())?;
        let (weights, states) = (gates * (inputs + units), Size { channels: *units, ..sequence });
        let cost = Cost { trainable: weights + gates, fixed: 0, macs: weights * x.frames };
        self.push(name, LayerKind::Lstm, None, &sequence, states, &cost)?;
        let to = Size { channels: *units, ..*x };
        self.push(&format!("{name}.repeat"), LayerKind::RepeatOverBands, None, &states, to, &Cost::default())
    }

    fn dropout(&mut self, name: &str, _: &Dropout, x: &Size) -> Result<Size> {
        self.push(name, LayerKind::Dropout, None, x, *x, &Cost::default())
    }
}
