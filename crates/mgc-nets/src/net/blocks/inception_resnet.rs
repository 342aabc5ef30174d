//! The residual blocks of Inception-ResNet v1 (Szegedy, Ioffe, Vanhoucke, Alemi 2016), narrowed.
//!
//! The paper says only that normalisation precedes each convolution, as in the broadcast block. Its figure of
//! the blocks could not be found. The widths are our choice: see
//! [`Variant::InceptionResnet`](crate::Variant::InceptionResnet).

use super::broadcast::Bottleneck;
use crate::config::NetConfig;
use crate::layers::{Conv, Norm};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;
use mgc_ops::Window;

type Kernel = (usize, usize);

/// The kernels of the branches of the blocks A, B, C, each (frames, bands); every branch begins with 1x1.
const BRANCHES: [&[&[Kernel]]; 3] = [
    &[&[(1, 1)], &[(1, 1), (3, 3)], &[(1, 1), (3, 3), (3, 3)]],
    &[&[(1, 1)], &[(1, 1), (1, 7), (7, 1)]],
    &[&[(1, 1)], &[(1, 1), (1, 3), (3, 1)]],
];

/// Branches, concatenated, projected to the channels of the input, and added to it.
#[derive(Debug, Clone)]
pub(crate) struct ResidualBlock {
    name: String,
    branches: Vec<Vec<NormConv>>,
    proj: Bottleneck,
}

impl ResidualBlock {
    pub(crate) fn new(net: &NetConfig, index: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let (inputs, kernels) = (net.channels(index), BRANCHES[index % BRANCHES.len()]);
        let branch =
            |(b, kernels): (usize, &&[Kernel])| branch(net, inputs, kernels, &vb.pp(format!("b{b}")));
        Ok(Self {
            name: vb.prefix(),
            branches: kernels.iter().enumerate().map(branch).collect::<Result<_>>()?,
            proj: Bottleneck::new(net, (kernels.len() * net.growth, inputs), ["bn", "conv"], &vb.pp("proj"))?,
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let run =
            |branch: &Vec<NormConv>| branch.iter().try_fold(x.clone(), |x, layer| layer.forward(pass, &x));
        let parts = self.branches.iter().map(run).collect::<Result<Vec<_>>>()?;
        let joined = pass.concat(&format!("{}.cat", self.name), &parts)?;
        let y = self.proj.forward(pass, &joined)?;
        pass.add(&format!("{}.out", self.name), x, &y)
    }
}

/// Normalisation, activation, convolution.
#[derive(Debug, Clone)]
struct NormConv {
    norm: Norm,
    conv: Conv,
}

impl NormConv {
    fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = pass.norm(&self.norm, x)?;
        pass.conv(&self.conv, &x)
    }
}

/// Names: `bn1`, `conv1`, `bn2`, ...
fn branch(net: &NetConfig, inputs: usize, kernels: &[Kernel], vb: &VarBuilder<'_>) -> Result<Vec<NormConv>> {
    let layer = |(i, kernel): (usize, &Kernel)| {
        let channels = (if i == 1 { inputs } else { net.growth }, net.growth);
        let norm = Norm::new(channels.0, net, &vb.pp(format!("bn{i}")))?;
        let conv = Conv::new(channels, Window::same(*kernel), net.kernel_init, &vb.pp(format!("conv{i}")))?;
        Ok(NormConv { norm, conv })
    };
    (1..).zip(kernels).map(layer).collect()
}
