//! A trunk prepared for evaluation.

use super::config::TrunkConfig;
use super::fast::{FastTrunk, Plan};
use super::op::{broadcast_trunk, check_sizes};
use super::params::Slots;
use super::statistics::TrunkStatistics;
use crate::blocked::Size;
use crate::bridge::storage::with_slice;
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use candle::{DType, Result, Tensor, bail};
use std::fmt;

/// A trunk for evaluation: [`broadcast_trunk`] with running statistics, with everything computed in advance
/// that depends on the statistics and the parameters alone. No gradient flows through it.
///
/// # Shapes
/// - input: (N, [`TrunkConfig::inputs`], H, W), in the type of the parameters
/// - output: (N, [`TrunkConfig::outputs`], H, W); with a stem, H and W divided by the sides of its pool
///
/// # Example
/// ```
/// use mgc_ops::candle::{DType, Device, Tensor};
/// use mgc_ops::{ChannelStatistics, InferenceTrunk, TrunkConfig, TrunkExit, broadcast_trunk};
/// let config = TrunkConfig { width: 2, growth: 1, exit: TrunkExit::Conv(3), ..TrunkConfig::default() };
/// let parameters = Tensor::full(0.1f32, config.parameters(), &Device::Cpu)?;
/// let norm = |channels: usize| ChannelStatistics { mean: vec![0.; channels], variance: vec![1.; channels] };
/// let running: Vec<_> = config.norms().into_iter().map(norm).collect();
/// let trunk = InferenceTrunk::new(&config, &parameters, &running)?;
/// let x = Tensor::ones((1, 2, 5, 4), DType::F32, &Device::Cpu)?;
/// assert_eq!(trunk.forward(&x)?.dims(), [1, 3, 5, 4]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub struct InferenceTrunk {
    config: TrunkConfig,
    parameters: Tensor,
    running: Vec<ChannelStatistics>,
    /// Where the fast path covers the trunk.
    fast: Option<(Slots, Plan)>,
}

impl InferenceTrunk {
    /// Prepares a trunk from what [`broadcast_trunk`] takes; later changes of the tensors have no effect on
    /// it.
    ///
    /// # Errors
    /// When the configuration is invalid, or sizes or types do not fit it.
    pub fn new(config: &TrunkConfig, parameters: &Tensor, running: &[ChannelStatistics]) -> Result<Self> {
        config.validate()?;
        let slots = Slots::new(config);
        check_sizes(config, &slots, config.inputs(), parameters)?;
        let statistics = TrunkStatistics::from_flat(config, running)?;
        if !matches!(parameters.dtype(), DType::F32 | DType::F64) {
            bail!("InferenceTrunk: parameters of dtype {:?}, expected f32 or f64", parameters.dtype())
        }
        let fast = match parameters.dtype() == DType::F32 && FastTrunk::fits(config) {
            true => {
                let (h, w) = config.pool(); // the least size; the plan takes any
                let one = Dims { n: 1, c: config.inputs(), h, w };
                let trunk = FastTrunk::new(config, slots.clone(), one)?;
                let plan = with_slice("InferenceTrunk", parameters, |theta| {
                    Ok(Plan::new(&trunk, theta, &statistics))
                })?;
                Some((slots, plan))
            }
            false => None,
        };
        let parameters = parameters.detach().copy()?;
        Ok(Self { config: config.clone(), parameters, running: running.to_vec(), fast })
    }

    /// Returns what [`TrunkOutput::map`](crate::TrunkOutput::map) would be.
    ///
    /// # Shapes
    /// - `x`: (N, [`TrunkConfig::inputs`], H, W), in the type of the parameters
    /// - output: (N, [`TrunkConfig::outputs`], H, W); with a stem, H and W divided by the sides of its pool
    ///
    /// # Errors
    /// As [`broadcast_trunk`].
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.detach();
        if x.dtype() != self.parameters.dtype() {
            bail!(
                "InferenceTrunk: input of dtype {:?}, expected that of the parameters, {:?}",
                x.dtype(),
                self.parameters.dtype()
            )
        }
        let Some((slots, plan)) = &self.fast else {
            return Ok(broadcast_trunk(&self.config, &x, &self.parameters, Some(&self.running))?.map);
        };
        let input = Dims::of(&x)?;
        check_sizes(&self.config, slots, input.c, &self.parameters)?;
        let Size { n, h, w } = FastTrunk::new(&self.config, slots.clone(), input)?.size;
        let input = Size { n, h: input.h, w: input.w };
        let y = with_slice("InferenceTrunk", &x, |x| Ok(plan.forward(x, input)))?;
        Tensor::from_vec(y, (n, self.config.outputs(), h, w), x.device())
    }
}

impl fmt::Debug for InferenceTrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InferenceTrunk").field("config", &self.config).finish_non_exhaustive()
    }
}
