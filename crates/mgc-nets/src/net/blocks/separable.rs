//! The block of the Xception variant: a separable convolution, concatenated with its input.

use crate::config::NetConfig;
use crate::layers::{Conv, Depthwise, Norm};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;

/// Normalisation, activation, depthwise 3x3 convolution, 1x1 convolution (Chollet 2017).
#[derive(Debug, Clone)]
pub(crate) struct SeparableBlock {
    name: String,
    norm: Norm,
    dw: Depthwise,
    pw: Conv,
}

impl SeparableBlock {
    pub(crate) fn new(net: &NetConfig, index: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let (inputs, init) = (net.channels(index), net.kernel_init);
        Ok(Self {
            name: vb.prefix(),
            norm: Norm::new(inputs, net, &vb.pp("bn"))?,
            dw: Depthwise::new(inputs, init, &vb.pp("dw"))?,
            pw: Conv::pointwise((inputs, net.appended()), init, &vb.pp("pw"))?,
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let y = pass.norm(&self.norm, x)?;
        let y = pass.depthwise(&self.dw, &y)?;
        let y = pass.conv(&self.pw, &y)?;
        pass.concat(&format!("{}.out", self.name), &[x.clone(), y])
    }
}
