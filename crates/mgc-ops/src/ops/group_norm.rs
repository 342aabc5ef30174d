//! Group normalisation followed by an activation (Wu and He 2018), with Keras' numerics.

use crate::activation::Activation;
use crate::bridge::map_op::{Gradients, MapOp, Node};
use crate::bridge::storage::{with_real, with_slice};
use crate::kernels::affine::{Affine, Sums};
use crate::kernels::planes::Dims;
use crate::kernels::rows;
use crate::kernels::scaling::{Correction, Scaling};
use crate::kernels::statistics::ChannelStatistics;
use crate::scalar::real::Real;
use candle::{Result, Tensor, bail};
use rayon::prelude::*;

const OP: &str = "group_norm";

/// The settings of a group normalisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupNormConfig {
    /// Groups into which the channels are divided, in order; must divide their number.
    pub groups: usize,
    /// Added to the variance under the root; greater than 0. Keras: 1e-3.
    pub epsilon: f64,
    /// Applied to the normalised map.
    pub activation: Activation,
}

impl Default for GroupNormConfig {
    /// Returns one group, Keras' epsilon, no activation.
    fn default() -> Self {
        Self { groups: 1, epsilon: 1e-3, activation: Activation::Identity }
    }
}

/// Normalises each sample with the mean and the biased variance of each group of its channels: `act(weight *
/// (x - mean) / sqrt(variance + epsilon) + bias)`, with weight and bias per channel.
///
/// The statistics are summed like those of [`channel_statistics`](crate::channel_statistics); gradients flow
/// through them.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64; a group is C / groups neighbouring channels
/// - `weight`, `bias`: (C)
/// - output: (N, C, H, W)
///
/// # Errors
/// When the groups do not divide the channels, shapes or types disagree, or a tensor is not on the CPU.
///
/// # Example
/// ```
/// use mgc_ops::{GroupNormConfig, candle::{Device, Tensor}, group_norm};
/// let x = Tensor::new(&[1f64, 3., 10., 30.], &Device::Cpu)?.reshape((1, 4, 1, 1))?;
/// let (one, zero) = (x.ones_like()?.flatten_all()?, x.zeros_like()?.flatten_all()?);
/// let config = GroupNormConfig { groups: 2, epsilon: 1e-9, ..Default::default() };
/// let y = group_norm(&x, &one, &zero, &config)?.flatten_all()?.to_vec1::<f64>()?;
/// assert!(y.iter().zip([-1., 1., -1., 1.]).all(|(y, expected)| (y - expected).abs() < 1e-6));
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn group_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, config: &GroupNormConfig) -> Result<Tensor> {
    let dims = Dims::of(x)?;
    if config.groups == 0 || !dims.c.is_multiple_of(config.groups) {
        bail!("{OP}: {} groups do not divide {} channels", config.groups, dims.c)
    }
    if weight.dims() != [dims.c] || bias.dims() != [dims.c] {
        bail!("{OP}: {} channels, but weight {:?} and bias {:?}", dims.c, weight.dims(), bias.dims())
    }
    if config.epsilon.is_nan() || config.epsilon <= 0.0 {
        bail!("{OP}: epsilon is {}, it must be above 0", config.epsilon)
    }
    let x = x.contiguous()?;
    let op = with_real!(OP, x.dtype(), T => {
        with_slice::<T, _>(OP, &x, |x| Ok(GroupNorm::new(dims, x, config)))
    })?;
    x.apply_op3(&weight.contiguous()?, &bias.contiguous()?, Node(op))
}

struct GroupNorm {
    dims: Dims,
    /// Values of one group of one sample; they are contiguous.
    group: usize,
    /// The scaling of each group of each sample.
    scaling: Scaling,
    activation: Activation,
}

impl GroupNorm {
    fn new<T: Real>(dims: Dims, x: &[T], config: &GroupNormConfig) -> Self {
        let group = dims.sample() / config.groups;
        let (mean, variance) = x.par_chunks(group).map(mean_and_variance).unzip();
        let scaling = Scaling::new(&ChannelStatistics { mean, variance }, config.epsilon);
        Self { dims, group, scaling, activation: config.activation }
    }

    /// Returns the channels of group `i`, counted over all samples.
    fn channels(&self, i: usize) -> std::ops::Range<usize> {
        let first = i * self.group % self.dims.sample() / self.dims.plane();
        first..first + self.group / self.dims.plane()
    }

    fn affine<T: Real>(&self, i: usize, weight: &[T], bias: &[T]) -> Vec<Affine<T>> {
        self.channels(i).map(|c| self.scaling.affine_at(i, weight[c], bias[c])).collect()
    }

    /// Turns the gradient `dx` of one group's output into that of its input.
    fn backward_group<T: Real>(
        &self,
        i: usize,
        x: &[T],
        weight: &[T],
        bias: &[T],
        dx: &mut [T],
    ) -> Vec<Sums> {
        let (affine, plane) = (self.affine(i, weight, bias), self.dims.plane());
        let channels = affine.iter().zip(x.chunks(plane).zip(dx.chunks_mut(plane)));
        let sums: Vec<Sums> =
            channels.map(|(affine, (x, dx))| rows::deactivate(affine, self.activation, x, dx)).collect();
        let mut correction = Correction::default(); // the channels share their statistics
        for (c, sums) in self.channels(i).zip(&sums) {
            correction += self.scaling.correction(i, weight[c].to_f64(), *sums, Some(self.group));
        }
        for (affine, (x, dx)) in affine.iter().zip(x.chunks(plane).zip(dx.chunks_mut(plane))) {
            rows::normalise_backward(
                affine,
                T::from_f64(correction.constant),
                T::from_f64(correction.slope),
                x,
                dx,
            );
        }
        sums
    }
}

fn mean_and_variance<T: Real>(elements: &[T]) -> (f64, f64) {
    let mean = rows::sum(elements) / elements.len() as f64;
    (mean, rows::sum_squares(T::from_f64(mean), elements) / elements.len() as f64)
}

impl MapOp for GroupNorm {
    const NAME: &'static str = OP;

    fn output(&self) -> Dims {
        self.dims
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> Vec<T> {
        let (mut y, plane) = (vec![T::zero(); x.len()], self.dims.plane());
        let groups = y.par_chunks_mut(self.group).zip(x.par_chunks(self.group));
        groups.enumerate().for_each(|(i, (y, x))| {
            let channels =
                self.affine(i, weight, bias).into_iter().zip(y.chunks_mut(plane).zip(x.chunks(plane)));
            channels.for_each(|(affine, (y, x))| rows::normalise(&affine, self.activation, x, y));
        });
        y
    }

    fn backward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T], dy: &[T], _: bool) -> Gradients<T> {
        let mut dx = dy.to_vec();
        let groups = dx.par_chunks_mut(self.group).zip(x.par_chunks(self.group));
        let sums: Vec<Vec<Sums>> =
            groups.enumerate().map(|(i, (dx, x))| self.backward_group(i, x, weight, bias, dx)).collect();
        let (mut dweight, mut dbias) = (vec![0f64; self.dims.c], vec![0f64; self.dims.c]);
        for (i, sums) in sums.iter().enumerate() {
            for (c, sums) in self.channels(i).zip(sums) {
                dweight[c] += self.scaling.dweight(i, *sums);
                dbias[c] += sums.dz;
            }
        }
        let to_real = |sums: Vec<f64>| sums.into_iter().map(T::from_f64).collect();
        (Some(dx), to_real(dweight), to_real(dbias))
    }
}
