//! Batch normalisation followed by an activation (Ioffe and Szegedy 2015), with Keras' numerics.

use crate::activation::Activation;
use crate::bridge::map_op::{Gradients, MapOp, Node};
use crate::kernels::affine::{Affine, Sums};
use crate::kernels::planes::{Dims, build_planes};
use crate::kernels::rows;
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::scalar::real::Real;
use candle::{Result, Tensor, bail};
use rayon::prelude::*;

const OP: &str = "batch_norm";

/// The settings of a batch normalisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNormConfig {
    /// Added to the variance under the root; greater than 0. Keras: 1e-3.
    pub epsilon: f64,
    /// Applied to the normalised map.
    pub activation: Activation,
}

impl Default for BatchNormConfig {
    fn default() -> Self {
        Self { epsilon: 1e-3, activation: Activation::Identity }
    }
}

/// Normalises with the statistics of the batch: `act(weight * (x - mean) / sqrt(variance + epsilon) + bias)`.
///
/// `statistics` must be those of `x` ([`channel_statistics`](crate::channel_statistics)); they are an
/// argument so that several normalisations of one map can share them. Gradients flow to `x` through the
/// statistics too.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`, `bias`: (C)
/// - output: (N, C, H, W)
///
/// # Errors
/// When shapes or types disagree, or a tensor is not on the CPU.
///
/// # Example
/// ```
/// use mgc_ops::{BatchNormConfig, batch_norm_train, candle::{Device, Tensor}, channel_statistics};
/// let x = Tensor::new(&[[[[1f64, 3.]]]], &Device::Cpu)?;
/// let (weight, bias) = (Tensor::new(&[2f64], &Device::Cpu)?, Tensor::new(&[1f64], &Device::Cpu)?);
/// let config = BatchNormConfig { epsilon: 1e-12, ..Default::default() };
/// let y = batch_norm_train(&x, &channel_statistics(&x)?, &weight, &bias, &config)?;
/// let y = y.flatten_all()?.to_vec1::<f64>()?;
/// assert!((y[0] + 1.).abs() < 1e-9 && (y[1] - 3.).abs() < 1e-9);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn batch_norm_train(
    x: &Tensor,
    statistics: &ChannelStatistics,
    weight: &Tensor,
    bias: &Tensor,
    config: &BatchNormConfig,
) -> Result<Tensor> {
    apply(x, statistics, weight, bias, config, true)
}

/// Normalises with running statistics, through which no gradient flows.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `running_mean`, `running_var`, `weight`, `bias`: (C)
/// - output: (N, C, H, W)
///
/// # Errors
/// When shapes or types disagree, or a tensor is not on the CPU.
///
/// # Example
/// ```
/// use mgc_ops::{Activation, BatchNormConfig, batch_norm_eval, candle::{Device, Tensor}};
/// let x = Tensor::new(&[[[[1f64, 5.]]]], &Device::Cpu)?;
/// let [zero, one, two, four] = [0f64, 1., 2., 4.].map(|value| Tensor::new(&[value], &Device::Cpu));
/// let config = BatchNormConfig { epsilon: 1e-12, activation: Activation::Relu };
/// let y = batch_norm_eval(&x, &two?, &four?, &one?, &zero?, &config)?.flatten_all()?.to_vec1::<f64>()?;
/// assert!(y[0] == 0. && (y[1] - 1.5).abs() < 1e-9);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn batch_norm_eval(
    x: &Tensor,
    running_mean: &Tensor,
    running_var: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    config: &BatchNormConfig,
) -> Result<Tensor> {
    let to_f64 = |t: &Tensor| t.to_dtype(candle::DType::F64)?.to_vec1();
    let statistics = ChannelStatistics { mean: to_f64(running_mean)?, variance: to_f64(running_var)? };
    apply(x, &statistics, weight, bias, config, false)
}

fn apply(
    x: &Tensor,
    statistics: &ChannelStatistics,
    weight: &Tensor,
    bias: &Tensor,
    config: &BatchNormConfig,
    through_statistics: bool,
) -> Result<Tensor> {
    let dims = Dims::of(x)?;
    let ChannelStatistics { mean, variance } = statistics;
    let sizes = [mean.len(), variance.len(), weight.elem_count(), bias.elem_count()];
    if sizes.iter().any(|size| *size != dims.c) {
        bail!("{OP}: {} channels, but mean, variance, weight and bias have {sizes:?} values", dims.c)
    }
    if config.epsilon.is_nan() || config.epsilon <= 0.0 {
        bail!("{OP}: epsilon is {}, it must be above 0", config.epsilon)
    }
    let op = BatchNorm::new(dims, statistics, config, through_statistics);
    x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, Node(op))
}

/// A batch normalisation of maps of known size with given statistics.
pub(crate) struct BatchNorm {
    dims: Dims,
    scaling: Scaling,
    activation: Activation,
    through_statistics: bool,
}

impl BatchNorm {
    pub(crate) fn new(
        dims: Dims,
        statistics: &ChannelStatistics,
        config: &BatchNormConfig,
        through: bool,
    ) -> Self {
        let scaling = Scaling::new(statistics, config.epsilon);
        Self { dims, scaling, activation: config.activation, through_statistics: through }
    }

    fn reduce<T: Real>(&self, x: &[T], dy: &[T], affine: &[Affine<T>]) -> Vec<Sums> {
        let (dims, act) = (self.dims, self.activation);
        let channel = |c: usize| {
            let affine = affine[c];
            let planes = dims.channel(x, c).zip(dims.channel(dy, c));
            planes.fold(Sums::default(), |total, (x, dy)| {
                let found = rows::deactivate(&affine, act, x, &mut dy.to_vec());
                Sums { dz: total.dz + found.dz, dzx: total.dzx + found.dzx }
            })
        };
        (0..dims.c).into_par_iter().map(channel).collect()
    }
}

impl MapOp for BatchNorm {
    const NAME: &'static str = OP;

    fn output(&self) -> Dims {
        self.dims
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> Vec<T> {
        let (affine, plane, act) = (self.scaling.affine(weight, bias), self.dims.plane(), self.activation);
        build_planes(x.len(), plane, |i, out| {
            let affine = affine[i % self.dims.c];
            rows::normalise(&affine, act, &x[i * plane..], out);
        })
    }

    fn backward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T], dy: &[T], _: bool) -> Gradients<T> {
        let (affine, plane, act) = (self.scaling.affine(weight, bias), self.dims.plane(), self.activation);
        let sums = self.reduce(x, dy, &affine);
        let count = self.through_statistics.then_some(self.dims.n * plane);
        let corrections: Vec<_> = (0..self.dims.c)
            .map(|c| self.scaling.correction(c, weight[c].to_f64(), sums[c], count))
            .collect();
        let dx = build_planes(x.len(), plane, |i, dx| {
            let (affine, correction) = (affine[i % self.dims.c], corrections[i % self.dims.c]);
            let (constant, slope) = (T::from_f64(correction.constant), T::from_f64(correction.slope));
            let x = &x[i * plane..][..plane];
            dx.copy_from_slice(&dy[i * plane..][..plane]);
            rows::deactivate(&affine, act, x, dx);
            rows::normalise_backward(&affine, constant, slope, x, dx);
        });
        let dweight = sums.iter().enumerate().map(|(c, sums)| T::from_f64(self.scaling.dweight(c, *sums)));
        (Some(dx), dweight.collect(), sums.iter().map(|sums| T::from_f64(sums.dz)).collect())
    }
}
