//! A trunk as a node of candle's graph.

use super::fast::{FastTrunk, Plan};
use super::general::forward::{State, Trunk};
use super::statistics::TrunkStatistics;
use crate::blocked::Size;
use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use candle::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const OP: &str = "broadcast_trunk";

/// Runs the forward pass and returns its map and statistics.
pub(super) fn run(
    path: Path,
    running: Option<TrunkStatistics>,
    x: &Tensor,
    theta: &Tensor,
) -> Result<(Tensor, Vec<ChannelStatistics>)> {
    let op = Arc::new(Op { path, running, shared: Mutex::default() });
    let map = x.contiguous()?.apply_op2(&theta.contiguous()?, Handle(op.clone()))?;
    let statistics = std::mem::take(&mut op.lock().statistics);
    Ok((map, statistics))
}

/// The data that the forward pass keeps: the statistics, and the state for the backward pass.
#[derive(Default)]
struct Shared {
    statistics: Vec<ChannelStatistics>,
    state: Option<Box<dyn Any + Send>>,
}

/// The implementation of a trunk, with its sizes.
pub(super) enum Path {
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

    /// Takes the state of the forward pass.
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

    /// Runs the forward pass of an evaluation again, since it keeps nothing.
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
                Ok((
                    CpuStorage::F32(op.forward_fast(trunk, x, theta)),
                    (n, trunk.config.outputs(), h, w).into(),
                ))
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
