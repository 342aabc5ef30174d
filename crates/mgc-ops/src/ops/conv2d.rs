//! Two-dimensional convolution: the choice of the algorithm, and the sums over samples.

use crate::activation::Activation;
use crate::bridge::map_op::{Gradients, MapOp, Node};
use crate::conv::algorithm::{SampleConv, Scratch};
use crate::conv::columns::ColumnConv;
use crate::conv::direct::DirectConv;
use crate::conv::im2col::Patches;
use crate::kernels::planes::{Dims, build_planes, build_with};
use crate::kernels::rows;
use crate::scalar::real::Real;
use crate::window::Window;
use candle::{Result, Tensor, bail};
use rayon::prelude::*;
use std::ops::Range;

const OP: &str = "conv2d";

/// Samples are divided into about this many groups; each group keeps its own sum of the gradients.
const GROUPS: usize = 16;

/// How many of those sums one task adds up.
const SUMS: usize = 4096;

/// Cross-correlates `x` with `weight` and adds `bias`, as Keras' `Conv2D` and torch's `conv2d` do.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (O, C, kernel rows, kernel columns)
/// - `bias`: (O)
/// - output: (N, O, H', W') with H', W' of [`Window::output_size`]
///
/// # Errors
/// When shapes or types disagree, the kernel of `window` is not that of `weight`, or a tensor is not on the
/// CPU.
///
/// # Example
/// ```
/// use mgc_ops::{Window, candle::{Device, Tensor}, conv2d};
/// let x = Tensor::new(&[[[[1f32, 2., 3.], [4., 5., 6.]]]], &Device::Cpu)?;
/// let (weight, bias) = (Tensor::new(&[[[[1f32], [10.]]]], &Device::Cpu)?, Tensor::new(&[0.5f32], &Device::Cpu)?);
/// let y = conv2d(&x, &weight, &bias, &Window::valid((2, 1), (1, 1)))?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [41.5, 52.5, 63.5]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn conv2d(x: &Tensor, weight: &Tensor, bias: &Tensor, window: &Window) -> Result<Tensor> {
    let conv = Conv2d::of(OP, x, weight, bias, window)?;
    x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, Node(conv))
}

/// A convolution of maps of known size.
pub(crate) struct Conv2d {
    patches: Patches,
    out_c: usize,
    algorithm: Algorithm,
}

enum Algorithm {
    Columns(ColumnConv),
    Direct(DirectConv),
}

/// Runs `$body` with `$conv` bound to the algorithm of a convolution.
macro_rules! with_algorithm {
    ($self:ident, $conv:ident => $body:expr) => {
        match &$self.algorithm {
            Algorithm::Columns($conv) => $body,
            Algorithm::Direct($conv) => $body,
        }
    };
}

/// The gradient of a convolution's outputs.
pub(crate) trait OutputGradient<T>: Sync {
    /// Returns that of one sample, in `scratch` when it has to be computed.
    fn sample<'a>(&'a self, number: usize, scratch: &'a mut Vec<T>) -> &'a [T];
}

/// One that is there, with samples of this length.
struct Given<'a, T>(&'a [T], usize);

impl<T: Real> OutputGradient<T> for Given<'_, T> {
    fn sample<'a>(&'a self, number: usize, _: &'a mut Vec<T>) -> &'a [T] {
        &self.0[number * self.1..][..self.1]
    }
}

/// A group's share of the gradients of weight and bias.
struct Share<T> {
    weight: Vec<T>,
    bias: Vec<f64>,
}

impl Conv2d {
    pub(crate) fn new(window: &Window, input: Dims, out_c: usize) -> Result<Self> {
        let (out_h, out_w) = window.output_size(input.h, input.w)?;
        let patches = Patches { window: *window, input, out_h, out_w };
        // a single sample divides its products among the threads, which only the columns can do
        let fast = if input.n > 1 { DirectConv::new(patches, out_c) } else { None };
        let algorithm = fast.map_or(Algorithm::Columns(ColumnConv { patches, out_c }), Algorithm::Direct);
        Ok(Self { patches, out_c, algorithm })
    }

    /// Makes the convolution of these tensors, if they fit.
    pub(crate) fn of(op: &str, x: &Tensor, weight: &Tensor, bias: &Tensor, window: &Window) -> Result<Self> {
        let input = Dims::of(x)?;
        let (out_c, in_c, kh, kw) = weight.dims4()?;
        if out_c == 0 || in_c != input.c || bias.dims() != [out_c] || (kh, kw) != window.kernel {
            bail!(
                "{op}: input {:?}, weight {:?}, bias {:?} and kernel {:?} do not fit",
                x.dims(),
                weight.dims(),
                bias.dims(),
                window.kernel
            )
        }
        Self::new(window, input, out_c)
    }

    pub(crate) fn out_sample(&self) -> usize {
        self.out_c * self.patches.out_plane()
    }

    /// Returns the activated outputs, sample by sample.
    pub(crate) fn outputs<T: Real>(&self, x: &[T], weight: &[T], bias: &[T], act: Activation) -> Vec<T> {
        let len = self.out_sample();
        self.with_outputs((x, weight, bias), act, |fill| {
            build_planes(self.patches.input.n * len, len, |i, y| fill(i, y, &mut Scratch::default()))
        })
    }

    /// Calls `build` with a function that writes a sample's activated output.
    pub(crate) fn with_outputs<T: Real, R>(
        &self,
        (x, weight, bias): (&[T], &[T], &[T]),
        act: Activation,
        build: impl FnOnce(&(dyn Fn(usize, &mut [T], &mut Scratch<T>) + Sync)) -> R,
    ) -> R {
        let sample = self.patches.input.sample();
        with_algorithm!(self, conv => {
            let plan = conv.forward_plan(weight);
            build(&|i, y, scratch| conv.forward(&plan, (&x[i * sample..][..sample], bias), act, y, scratch))
        })
    }

    /// Returns the gradients, from that of the outputs.
    pub(crate) fn gradients<T: Real>(
        &self,
        (x, weight): (&[T], &[T]),
        dy: &impl OutputGradient<T>,
        want_dx: bool,
    ) -> Gradients<T> {
        with_algorithm!(self, conv => {
            let plan = conv.backward_plan(weight, want_dx);
            let (n, sample) = (self.patches.input.n, self.patches.input.sample());
            let group = n.div_ceil(GROUPS);
            let share = |i: usize, dx: Option<&mut [T]>| {
                self.share(conv, &plan, (x, dy), i * group..n.min((i + 1) * group), dx)
            };
            let (dx, shares) = if want_dx {
                build_with(x.len(), group * sample, |i, dx| share(i, Some(dx)))
            } else {
                (vec![], (0..n.div_ceil(group)).into_par_iter().map(|i| share(i, None)).collect())
            };
            let (dweight, dbias) = self.sum(conv, &shares);
            (want_dx.then_some(dx), dweight, dbias)
        })
    }

    /// Returns the share of a group of samples, and writes their own gradient to `dx`.
    fn share<T: Real, C: SampleConv>(
        &self,
        conv: &C,
        plan: &C::Backward<T>,
        (x, dy): (&[T], &impl OutputGradient<T>),
        group: Range<usize>,
        dx: Option<&mut [T]>,
    ) -> Share<T> {
        let sample = self.patches.input.sample();
        let mut share = Share { weight: vec![T::zero(); conv.dweight_len()], bias: vec![0.0; self.out_c] };
        let (mut scratch, mut dy_scratch) = (Scratch::default(), vec![]);
        let mut dx = dx.map(|dx| dx.chunks_mut(sample));
        for i in group {
            let (x, dy) = (&x[i * sample..][..sample], dy.sample(i, &mut dy_scratch));
            let planes = dy.chunks(self.patches.out_plane());
            share.bias.iter_mut().zip(planes).for_each(|(sum, plane)| *sum += rows::sum(plane));
            let dx = dx.as_mut().and_then(Iterator::next);
            conv.backward(plan, (x, dy), &mut share.weight, dx, &mut scratch);
        }
        share
    }

    /// Adds up the shares in their order.
    fn sum<T: Real>(&self, conv: &impl SampleConv, shares: &[Share<T>]) -> (Vec<T>, Vec<T>) {
        let mut weight = vec![0f64; conv.dweight_len()];
        weight.par_chunks_mut(SUMS).enumerate().for_each(|(i, sums)| {
            for share in shares {
                let share = &share.weight[i * SUMS..][..sums.len()];
                sums.iter_mut().zip(share).for_each(|(sum, share)| *sum += share.to_f64());
            }
        });
        let mut bias = vec![0f64; self.out_c];
        for share in shares {
            bias.iter_mut().zip(&share.bias).for_each(|(sum, share)| *sum += share);
        }
        let taps = |filter| (0..self.patches.depth()).map(move |tap| (filter, tap));
        let places = (0..self.out_c).flat_map(taps).map(|(filter, tap)| conv.dweight_place(filter, tap));
        let dweight = places.map(|place| T::from_f64(weight[place])).collect();
        (dweight, bias.into_iter().map(T::from_f64).collect())
    }
}

impl MapOp for Conv2d {
    const NAME: &'static str = OP;

    fn output(&self) -> Dims {
        Dims { n: self.patches.input.n, c: self.out_c, h: self.patches.out_h, w: self.patches.out_w }
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> Vec<T> {
        self.outputs(x, weight, bias, Activation::Identity)
    }

    fn backward<T: Real>(&self, x: &[T], weight: &[T], _: &[T], dy: &[T], want_dx: bool) -> Gradients<T> {
        self.gradients((x, weight), &Given(dy, self.out_sample()), want_dx)
    }
}
