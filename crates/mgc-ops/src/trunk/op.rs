//! The trunk as a candle operation.

use super::config::{Entry, TrunkConfig};
use super::fast::{FastTrunk, Plan};
use super::general::ends::{apply_exit, apply_stem};
use super::general::forward::{State, Trunk};
use super::params::Slots;
use super::statistics::TrunkStatistics;
use crate::blocked::{LANES, Size};
use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use candle::{CpuStorage, CustomOp2, DType, Layout, Result, Shape, Tensor, bail};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

const OP: &str = "broadcast_trunk";

/// The output map of a trunk and the statistics its normalisations used.
#[derive(Debug)]
pub struct TrunkOutput {
    /// (N, [`TrunkConfig::channels`] of all blocks, H, W): the input, then each block's branches b1, b3, b5, bp; or
    /// (N, channels of the exit, H, W).
    pub map: Tensor,
    /// The stem's; block by block: b1, b3's first and second, b5's first and second, bp; the exit's.
    pub statistics: Vec<ChannelStatistics>,
}

/// Runs the blocks of a broadcast network.
///
/// With `running` statistics they are constants; without, each normalisation uses those of the batch, and
/// gradients flow through them. One backward pass per such forward pass is possible: the state between them is
/// used up.
///
/// A trunk of f32 whose width, growth and exit all have 32 channels, as in the published networks, runs several times as fast
/// as any other; with a stem, only while nobody asks for the gradient of its input.
///
/// # Shapes
/// - `x`: (N, [`TrunkConfig::inputs`], H, W), f32 or f64, on the CPU
/// - `parameters`: one vector of all parameters, block by block; in a block b1, b3, b5, bp; in a branch
///   norm, 1x1 convolution, norm, further convolutions as far as it has them; the stem's convolution and norm before all, the exit's
///   norm and convolution behind; each its weight, then its bias. The gradient
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
    let slots = Slots::new(config);
    let input = Dims::of(x)?;
    check_sizes(config, &slots, input.c, parameters)?;
    let running = running.map(|running| TrunkStatistics::from_flat(config, running)).transpose()?;
    match x.dtype() == DType::F32 && FastTrunk::fits(config) && !(slots.stem.is_some() && x.track_op()) {
        true => run(Path::Fast(FastTrunk::new(config, slots, input)?), running, x, parameters),
        false => run_general(config, slots, x, parameters, running.as_ref()),
    }
}

pub(super) fn check_sizes(
    config: &TrunkConfig,
    slots: &Slots,
    channels: usize,
    parameters: &Tensor,
) -> Result<()> {
    if channels != config.inputs() || parameters.dims() != [slots.len] {
        bail!(
            "{OP}: expected {} channels and {} parameters, got {channels} channels and parameters {:?}",
            config.inputs(),
            slots.len,
            parameters.dims()
        )
    }
    Ok(())
}

fn run_general(
    config: &TrunkConfig,
    slots: Slots,
    x: &Tensor,
    theta: &Tensor,
    running: Option<&TrunkStatistics>,
) -> Result<TrunkOutput> {
    let (mut x, mut first, mut last) = (x.clone(), None, None);
    if let (Entry::Stem(rows), Some(stem)) = (config.entry, &slots.stem) {
        let running = running.and_then(|running| running.stem.as_ref());
        (x, first) = apply_stem(config, (stem, rows), &x, theta, running)?;
    }
    let dims = Dims { c: config.channels(config.blocks), ..Dims::of(&x)? };
    let trunk = Trunk { config: config.clone(), blocks: slots.blocks, dims };
    let TrunkOutput { mut map, statistics } = run(Path::General(trunk), running.cloned(), &x, theta)?;
    if let Some(exit) = &slots.exit {
        let running = running.and_then(|running| running.exit.as_ref());
        (map, last) = apply_exit(config, exit, &map, theta, running)?;
    }
    Ok(TrunkOutput { map, statistics: first.into_iter().chain(statistics).chain(last).collect() })
}

fn run(path: Path, running: Option<TrunkStatistics>, x: &Tensor, theta: &Tensor) -> Result<TrunkOutput> {
    let op = Arc::new(Op { path, running, shared: Mutex::default() });
    let map = x.contiguous()?.apply_op2(&theta.contiguous()?, Handle(op.clone()))?;
    let statistics = std::mem::take(&mut op.lock().statistics);
    Ok(TrunkOutput { map, statistics })
}

/// What the forward pass leaves: the statistics, and the state for the backward pass.
#[derive(Default)]
struct Shared {
    statistics: Vec<ChannelStatistics>,
    state: Option<Box<dyn Any + Send>>,
}

enum Path {
    General(Trunk),
    Fast(FastTrunk),
}

struct Op {
    path: Path,
    running: Option<TrunkStatistics>,
    shared: Mutex<Shared>,
}

impl Op {
    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, statistics: &TrunkStatistics, state: impl Any + Send) {
        *self.lock() = Shared { statistics: statistics.flat(), state: Some(Box::new(state)) };
    }

    /// What the forward pass kept.
    fn state<S: Any>(&self) -> Result<S> {
        let Some(state) = self.lock().state.take() else {
            bail!("{OP}: this forward pass was already taken backwards; run the forward pass again")
        };
        match state.downcast::<S>() {
            Ok(state) => Ok(*state),
            Err(_) => bail!("{OP}: the state is of another dtype"),
        }
    }

    fn forward_fast(&self, trunk: &FastTrunk, x: &[f32], theta: &[f32]) -> Vec<f32> {
        if let Some(running) = &self.running {
            self.lock().statistics = running.flat();
            return Plan::new(trunk, theta, running).forward(x, trunk.input);
        }
        let (y, state) = trunk.forward(x, theta, None);
        self.keep(&state.statistics.clone(), state);
        y
    }

    /// Of an evaluation nothing was kept: its forward pass runs again.
    fn backward_fast(
        &self,
        trunk: &FastTrunk,
        x: &[f32],
        theta: &[f32],
        dy: &[f32],
    ) -> Result<(Option<Vec<f32>>, Vec<f32>)> {
        let state = match &self.running {
            Some(running) => trunk.forward(x, theta, Some(running)).1,
            None => self.state()?,
        };
        Ok(trunk.backward(state, x, theta, dy, self.running.is_none()))
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
        let op = &*self.0;
        match &op.path {
            Path::Fast(trunk) => {
                let (x, theta) = (slice(OP, x, x_layout)?, slice(OP, theta, theta_layout)?);
                let Size { n, h, w } = trunk.size;
                Ok((CpuStorage::F32(op.forward_fast(trunk, x, theta)), (n, LANES, h, w).into()))
            }
            Path::General(trunk) => with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
                let (x, theta) = (slice::<T>(OP, x, x_layout)?, slice::<T>(OP, theta, theta_layout)?);
                let (map, state) = trunk.forward(x, theta, op.running.as_ref())?;
                op.keep(&state.statistics(), state);
                let Dims { n, c, h, w } = trunk.dims;
                Ok((<T as candle::WithDType>::to_cpu_storage_owned(map), (n, c, h, w).into()))
            }),
        }
    }

    fn bwd(
        &self,
        x: &Tensor,
        theta: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Op { path, running, .. } = &*self.0;
        match path {
            Path::Fast(trunk) => {
                let (dx, dtheta) = with_slice(OP, x, |x| {
                    with_slice(OP, theta, |theta| {
                        with_slice(OP, dy, |dy| self.0.backward_fast(trunk, x, theta, dy))
                    })
                })?;
                let dx = dx.map(|dx| like(dx, x)).transpose()?;
                Ok((dx, Some(like(dtheta, theta)?)))
            }
            Path::General(trunk) => with_real!(OP, x.dtype(), T => {
                let state = self.0.state::<State<T>>()?;
                let dy = dy.flatten_all()?.to_vec1::<T>()?;
                let (dx, dtheta) = with_slice::<T, _>(OP, y, |map| with_slice(OP, theta, |theta| {
                    trunk.backward(map, &state, theta, dy, running.is_none())
                }))?;
                Ok((Some(like(dx, x)?), Some(like(dtheta, theta)?)))
            }),
        }
    }
}
