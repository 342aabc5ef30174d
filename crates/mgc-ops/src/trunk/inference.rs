//! A trunk whose weights are in place.

use super::config::TrunkConfig;
use super::fast::{FastTrunk, Plan};
use super::op::{broadcast_trunk, check_sizes};
use super::params::Slots;
use super::statistics::TrunkStatistics;
use crate::blocked::{LANES, Size};
use crate::bridge::storage::with_slice;
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use candle::{DType, Result, Tensor, bail};
use std::fmt;

/// A trunk for evaluation: [`broadcast_trunk`] with running statistics, all that depends on them and the
/// parameters computed once. No gradients flow through it.
pub struct TrunkPlan {
    config: TrunkConfig,
    parameters: Tensor,
    running: Vec<ChannelStatistics>,
    /// For the sizes of the published networks.
    fast: Option<(Slots, Plan)>,
}

impl TrunkPlan {
    /// From what [`broadcast_trunk`] takes; later changes of the tensors do not reach the plan.
    ///
    /// # Errors
    /// When the configuration is invalid, or sizes or types do not fit it.
    pub fn new(config: &TrunkConfig, parameters: &Tensor, running: &[ChannelStatistics]) -> Result<Self> {
        config.validate()?;
        let slots = Slots::new(config);
        check_sizes(config, &slots, config.inputs(), parameters)?;
        let statistics = TrunkStatistics::from_flat(config, running)?;
        if !matches!(parameters.dtype(), DType::F32 | DType::F64) {
            bail!("TrunkPlan: parameters of dtype {:?}, expected f32 or f64", parameters.dtype())
        }
        let fast = match parameters.dtype() == DType::F32 && FastTrunk::fits(config) {
            true => {
                let one = Dims { n: 1, c: config.inputs(), h: usize::MAX, w: 1 };
                let trunk = FastTrunk::new(config, slots.clone(), one)?;
                let plan =
                    with_slice("TrunkPlan", parameters, |theta| Ok(Plan::new(&trunk, theta, &statistics)))?;
                Some((slots, plan))
            }
            false => None,
        };
        let parameters = parameters.detach().copy()?;
        Ok(Self { config: config.clone(), parameters, running: running.to_vec(), fast })
    }

    /// (N, [`TrunkConfig::inputs`], H, W) to what [`TrunkOutput::map`](crate::TrunkOutput::map) is.
    ///
    /// # Errors
    /// As [`broadcast_trunk`].
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.detach();
        if x.dtype() != self.parameters.dtype() {
            bail!(
                "TrunkPlan: input of dtype {:?}, expected that of the parameters, {:?}",
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
        let y = with_slice("TrunkPlan", &x, |x| Ok(plan.forward(x, Size { n, h: input.h, w })))?;
        Tensor::from_vec(y, (n, LANES, h, w), x.device())
    }
}

impl fmt::Debug for TrunkPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrunkPlan").field("config", &self.config).finish_non_exhaustive()
    }
}
