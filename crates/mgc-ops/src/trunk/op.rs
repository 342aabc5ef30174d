//! The trunk as a candle operation.

use super::forward::{BlockStatistics, State, Trunk};
use super::layout::{TrunkConfig, slots};
use crate::planes::Dims;
use crate::real::{like, slice, with_real, with_slice};
use crate::statistics::ChannelStatistics;
use candle::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

const OP: &str = "broadcast_trunk";
/// Normalisations of one block: b1, b3 (two), b5 (two), bp.
const NORMS: usize = 6;

/// The output map of a trunk and the statistics its normalisations used.
#[derive(Debug)]
pub struct TrunkOutput {
    /// (N, [`TrunkConfig::channels`] of all blocks, H, W): the input, then each block's branches b1, b3, b5, bp.
    pub map: Tensor,
    /// Block by block: b1, b3's first and second, b5's first and second, bp.
    pub statistics: Vec<ChannelStatistics>,
}

/// Runs the blocks of a broadcast network.
///
/// With `running` statistics they are constants; without, each normalisation uses those of the batch, and
/// gradients flow through them. One backward pass per forward pass is possible: the state between them is
/// used up.
///
/// # Shapes
/// - `x`: (N, width, H, W), f32 or f64, on the CPU
/// - `parameters`: one vector of all parameters, block by block; in a block b1, b3, b5, bp; in a branch
///   norm, 1x1 convolution, norm, further convolutions as far as it has them; each its weight, then its bias. The gradient
///   reaches the single tensors when it is their `Tensor::cat`
/// - `running`: as [`TrunkOutput::statistics`]
///
/// # Errors
/// When the configuration is invalid, sizes or types do not fit it, or a tensor is not on the CPU; in the
/// backward pass, when it is the second one.
pub fn broadcast_trunk(
    config: &TrunkConfig,
    x: &Tensor,
    parameters: &Tensor,
    running: Option<&[ChannelStatistics]>,
) -> Result<TrunkOutput> {
    config.validate()?;
    let (blocks, len) = slots(config);
    let input = Dims::of(x)?;
    if input.c != config.width || parameters.dims() != [len] {
        bail!(
            "{OP}: expected {} channels and {len} parameters, got input {:?} and parameters {:?}",
            config.width,
            x.dims(),
            parameters.dims()
        )
    }
    let running = running.map(|running| per_block(config, running)).transpose()?;
    let dims = Dims { c: config.channels(config.blocks), ..input };
    let trunk = Trunk { config: config.clone(), blocks, dims };
    let op = Arc::new(Op { trunk, running, shared: Mutex::default() });
    let map = x.contiguous()?.apply_op2(&parameters.contiguous()?, Handle(op.clone()))?;
    let statistics = op.lock().statistics.iter().flat_map(flat).collect();
    Ok(TrunkOutput { map, statistics })
}

/// Groups the statistics of all normalisations by block.
fn per_block(config: &TrunkConfig, running: &[ChannelStatistics]) -> Result<Vec<BlockStatistics>> {
    let expected = |i: usize| {
        let (inputs, growth) = (config.channels(i), config.growth);
        [inputs, inputs, growth, inputs, growth, inputs]
    };
    let sizes: Vec<_> = running.iter().map(|s| s.mean.len()).collect();
    let wanted: Vec<_> = (0..config.blocks).flat_map(expected).collect();
    if sizes != wanted {
        bail!("{OP}: expected running statistics of {wanted:?} channels, got {sizes:?}")
    }
    let block = |s: &[ChannelStatistics]| BlockStatistics {
        x: [s[0].clone(), s[1].clone(), s[3].clone()],
        z3: s[2].clone(),
        z5: s[4].clone(),
        pooled: s[5].clone(),
    };
    Ok(running.chunks(NORMS).map(block).collect())
}

fn flat(block: &BlockStatistics) -> [ChannelStatistics; NORMS] {
    let BlockStatistics { x: [x1, x3, x5], z3, z5, pooled } = block.clone();
    [x1, x3, z3, x5, z5, pooled]
}

/// What the forward pass leaves: the statistics, and the state for the backward pass.
#[derive(Default)]
struct Shared {
    statistics: Vec<BlockStatistics>,
    state: Option<Box<dyn Any + Send>>,
}

struct Op {
    trunk: Trunk,
    running: Option<Vec<BlockStatistics>>,
    shared: Mutex<Shared>,
}

impl Op {
    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The operation as candle keeps it in its graph.
struct Handle(Arc<Op>);

impl CustomOp2 for Handle {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        theta: &CpuStorage,
        theta_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let Op { trunk, running, .. } = &*self.0;
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let (x, theta) = (slice::<T>(OP, x, x_layout)?, slice::<T>(OP, theta, theta_layout)?);
            let (map, state) = trunk.forward(x, theta, running.as_deref())?;
            let statistics = state.blocks.iter().map(|block| block.statistics.clone()).collect();
            *self.0.lock() = Shared { statistics, state: Some(Box::new(state)) };
            let Dims { n, c, h, w } = trunk.dims;
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(map), (n, c, h, w).into()))
        })
    }

    fn bwd(
        &self,
        x: &Tensor,
        theta: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Some(state) = self.0.lock().state.take() else {
            bail!("{OP}: this forward pass was already taken backwards; run the forward pass again")
        };
        let Op { trunk, running, .. } = &*self.0;
        with_real!(OP, x.dtype(), T => {
            let Ok(state) = state.downcast::<State<T>>() else { bail!("{OP}: the state is of another dtype") };
            let dy = dy.flatten_all()?.to_vec1::<T>()?;
            let (dx, dtheta) = with_slice::<T, _>(OP, y, |map| with_slice(OP, theta, |theta| {
                trunk.backward(map, &state, theta, dy, running.is_none())
            }))?;
            Ok((Some(like(dx, x)?), Some(like(dtheta, theta)?)))
        })
    }
}
