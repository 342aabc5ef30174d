//! The broadcast block: branches that read all earlier channels and add their outputs to them.
//!
//! Liu, Feng, Liu, Wang, Liu (2020), "Bottom-up broadcast neural network for music genre classification";
//! Heakl, Abdelrahman, Abdelgawad, Abdou (2022), "A study on broadcast networks for music genre
//! classification".

use super::squeeze::Squeeze;
use crate::config::{self, KernelInit, NetConfig};
use crate::layers::{Conv, Lstm, Norm, Pool};
use crate::pass::Pass;
use candle::{Result, Tensor};
use candle_nn::VarBuilder;
use mgc_ops::Window;

/// One block.
#[derive(Debug, Clone)]
pub(crate) struct BroadcastBlock {
    name: String,
    pub(crate) branches: Branches,
    /// The fifth branch.
    pub(crate) lstm: Option<(Bottleneck, Lstm)>,
    pub(crate) se: Option<Squeeze>,
}

impl BroadcastBlock {
    pub(crate) fn new(
        net: &NetConfig,
        block: &config::BroadcastBlock,
        index: usize,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let inputs = net.channels(index);
        let lstm = |units| {
            let vb = vb.pp("lstm");
            let bottleneck = Bottleneck::new(net, (inputs, net.growth), ["bn", "conv"], &vb)?;
            Ok::<_, candle::Error>((bottleneck, Lstm::new(net.growth, units, &vb.pp("rnn"))?))
        };
        let appended = net.channels(index + 1) - inputs;
        Ok(Self {
            name: vb.prefix(),
            branches: Branches::new(net, block, inputs, vb)?,
            lstm: block.lstm_units.map(lstm).transpose()?,
            se: block.squeeze_ratio.map(|ratio| Squeeze::new(appended, ratio, &vb.pp("se"))).transpose()?,
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let mut y = self.branches.forward(pass, x)?;
        if let Some((bottleneck, lstm)) = &self.lstm {
            let z = bottleneck.forward(pass, x)?;
            let states = pass.lstm(lstm, &z)?;
            y = pass.concat(&format!("{}.cat5", self.name), &[y, states])?;
        }
        if let Some(se) = &self.se {
            y = se.forward(pass, &y)?;
        }
        pass.concat(&format!("{}.out", self.name), &[x.clone(), y])
    }
}

/// The four branches that every broadcast block has.
#[derive(Debug, Clone)]
pub(crate) struct Branches {
    pub(crate) name: String,
    pub(crate) channels: usize,
    pub(crate) b1: Bottleneck,
    pub(crate) b3: DeepBranch,
    pub(crate) b5: DeepBranch,
    pool: Pool,
    pub(crate) bp: Bottleneck,
}

impl Branches {
    fn new(
        net: &NetConfig,
        block: &config::BroadcastBlock,
        inputs: usize,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let channels = (inputs, net.growth);
        let pool = Pool::new(vb.pp("bp.pool").prefix(), Window::same((3, 3)));
        Ok(Self {
            name: vb.prefix(),
            channels: inputs,
            b1: Bottleneck::new(net, channels, ["bn", "conv"], &vb.pp("b1"))?,
            b3: DeepBranch::new(net, channels, &block.kernels3, &vb.pp("b3"))?,
            b5: DeepBranch::new(net, channels, &block.kernels5, &vb.pp("b5"))?,
            pool,
            bp: Bottleneck::new(net, channels, ["bn", "conv"], &vb.pp("bp"))?,
        })
    }

    fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        match pass.fused(self, x)? {
            Some(joined) => Ok(joined),
            None => self.layer_by_layer(pass, x),
        }
    }

    pub(crate) fn layer_by_layer<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let y1 = self.b1.forward(pass, x)?;
        let y3 = self.b3.forward(pass, x)?;
        let y5 = self.b5.forward(pass, x)?;
        let pooled = pass.max_pool(&self.pool, x)?;
        let yp = self.bp.forward(pass, &pooled)?;
        pass.concat(&format!("{}.cat", self.name), &[y1, y3, y5, yp])
    }

    /// The parameters, in the order of [`mgc_ops::broadcast_trunk`].
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let deep = self.b3.parameters().chain(self.b5.parameters());
        self.b1.parameters().into_iter().chain(deep).chain(self.bp.parameters())
    }

    /// The normalisations, in the order of that operation's statistics.
    pub(crate) fn norms(&self) -> [&Norm; 6] {
        let Self { b1, b3, b5, bp, .. } = self;
        [&b1.norm, &b3.bottleneck.norm, &b3.norm, &b5.bottleneck.norm, &b5.norm, &bp.norm]
    }
}

/// Normalisation, activation, 1x1 convolution.
#[derive(Debug, Clone)]
pub(crate) struct Bottleneck {
    pub(crate) norm: Norm,
    conv: Conv,
}

impl Bottleneck {
    pub(crate) fn new(
        net: &NetConfig,
        channels: (usize, usize),
        names: [&str; 2],
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let norm = Norm::new(channels.0, net, &vb.pp(names[0]))?;
        Ok(Self { norm, conv: Conv::pointwise(channels, net.kernel_init, &vb.pp(names[1]))? })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = pass.norm(&self.norm, x)?;
        pass.conv(&self.conv, &x)
    }

    fn parameters(&self) -> [&Tensor; 4] {
        let ([a, b], [c, d]) = (self.norm.parameters(), self.conv.parameters());
        [a, b, c, d]
    }
}

/// A bottleneck, a normalisation, and the convolutions that may follow.
#[derive(Debug, Clone)]
pub(crate) struct DeepBranch {
    pub(crate) bottleneck: Bottleneck,
    pub(crate) norm: Norm,
    pub(crate) tail: Vec<Conv>,
}

impl DeepBranch {
    fn new(
        net: &NetConfig,
        channels: (usize, usize),
        kernels: &[(usize, usize)],
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let bottleneck = Bottleneck::new(net, channels, ["bn1", "conv1"], vb)?;
        let norm = Norm::new(channels.1, net, &vb.pp("bn2"))?;
        Ok(Self { bottleneck, norm, tail: tail(channels.1, kernels, net.kernel_init, vb)? })
    }

    fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let z = self.bottleneck.forward(pass, x)?;
        let first = pass.norm(&self.norm, &z)?;
        self.tail.iter().try_fold(first, |x, conv| pass.conv(conv, &x))
    }

    fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let tail = self.tail.iter().flat_map(Conv::parameters);
        self.bottleneck.parameters().into_iter().chain(self.norm.parameters()).chain(tail)
    }
}

/// Builds the convolutions that end a branch. Names: `conv2` for a single one, else `conv2a`, `conv2b`, ...
fn tail(
    channels: usize,
    kernels: &[(usize, usize)],
    init: KernelInit,
    vb: &VarBuilder<'_>,
) -> Result<Vec<Conv>> {
    let name = |letter: char| if kernels.len() == 1 { "conv2".into() } else { format!("conv2{letter}") };
    let conv = |(letter, kernel): (char, &(usize, usize))| {
        Conv::new((channels, channels), Window::same(*kernel), init, &vb.pp(name(letter)))
    };
    ('a'..).zip(kernels).map(conv).collect()
}
