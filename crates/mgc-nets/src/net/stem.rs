//! The layers before the first block.

use crate::config::sizes::INCEPTION_CONVS;
use crate::config::{self, NetConfig};
use crate::layers::{Conv, Coordinate, Norm, Pool};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;
use mgc_ops::{TrunkEntry, TrunkStem, Window};

/// Convolutions, each with its normalisation, and a pool after one of them.
#[derive(Debug, Clone)]
pub(crate) struct Stem {
    coordinate: Option<Coordinate>,
    layers: Vec<ConvNorm>,
    pool: Pool,
    /// Layers before the pool.
    pooled: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct ConvNorm {
    pub(crate) conv: Conv,
    pub(crate) norm: Norm,
}

impl Stem {
    /// Names: `conv` and `bn`, or `conv1`, `bn1`, `conv2`, ...
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let pool = Pool::new(vb.pp("pool").prefix(), net.stem_window());
        let coordinate = net.coordinate.map(|range| Coordinate { name: vb.pp("coordinate").prefix(), range });
        let inputs = 1 + usize::from(coordinate.is_some());
        match net.stem {
            config::Stem::Broadcast => {
                let layer = ConvNorm::new(net, (inputs, net.width), Window::same((3, 3)), "", vb)?;
                Ok(Self { coordinate, layers: vec![layer], pool, pooled: 1 })
            }
            config::Stem::InceptionResnet => {
                let widths = net.inception_widths();
                let inputs = std::iter::once(inputs).chain(widths);
                let sizes = inputs.zip(widths).zip(INCEPTION_CONVS);
                let layer = |(i, (channels, window)): (usize, _)| {
                    ConvNorm::new(net, channels, window, &i.to_string(), vb)
                };
                let layers = (1..).zip(sizes).map(layer).collect::<Result<_>>()?;
                Ok(Self { coordinate, layers, pool, pooled: 3 })
            }
        }
    }

    /// The entry of [`mgc_ops::broadcast_trunk`] with its layers, for the stem of Liu's network; `None` for
    /// others.
    pub(crate) fn entry(&self) -> Option<(TrunkEntry, &ConvNorm)> {
        let coordinate = self.coordinate.as_ref().map(|coordinate| coordinate.range);
        let stem = TrunkStem { pool: self.pool.window.kernel, coordinate };
        match self.layers.as_slice() {
            [layer] => Some((TrunkEntry::Stem(stem), layer)),
            _ => None,
        }
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let (before, after) = self.layers.split_at(self.pooled);
        let x = match &self.coordinate {
            Some(coordinate) => pass.coordinate(coordinate, x)?,
            None => x.clone(),
        };
        let x = before.iter().try_fold(x, |x, layer| layer.forward(pass, &x))?;
        let x = pass.max_pool(&self.pool, &x)?;
        after.iter().try_fold(x, |x, layer| layer.forward(pass, &x))
    }
}

impl ConvNorm {
    fn new(
        net: &NetConfig,
        channels: (usize, usize),
        window: Window,
        number: &str,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let conv = Conv::new(channels, window, net.kernel_init, &vb.pp(format!("conv{number}")))?;
        Ok(Self { conv, norm: Norm::new(channels.1, net, &vb.pp(format!("bn{number}")))? })
    }

    fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = pass.conv(&self.conv, x)?;
        pass.norm(&self.norm, &x)
    }
}
