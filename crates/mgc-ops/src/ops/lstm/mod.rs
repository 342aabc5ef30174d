//! Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), with Keras' numerics.

mod cell;

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::matmul::{Matrix, MatrixMut, multiply};
use crate::kernels::rows;
use crate::scalar::real::Real;
use candle::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use cell::{advance, sigmoid, step_back};
use rayon::prelude::*;

const OP: &str = "lstm";

/// Returns all hidden states of a recurrent layer that starts from zeros.
///
/// With `z = weight_ih x + weight_hh h + bias` split into `i, f, g, o`:
/// `c = sigmoid(f) c + sigmoid(i) tanh(g)` and `h = sigmoid(o) tanh(c)`.
///
/// # Shapes
/// - `x`: (N, steps, inputs), f32 or f64, on the CPU
/// - `weight_ih`: (4 units, inputs), `weight_hh`: (4 units, units), `bias`: (4 units), gates in the order i,
///   f, g, o
/// - output: (N, steps, units)
///
/// # Errors
/// When a size is 0, shapes or types disagree, or a tensor is not on the CPU.
///
/// # Example
/// ```
/// use mgc_ops::{candle::{DType, Device, Tensor}, lstm};
/// let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu);
/// let x = Tensor::randn(0f32, 1., (8, 161, 32), &Device::Cpu)?;
/// let h = lstm(&x, &zeros(&[64, 32])?, &zeros(&[64, 16])?, &zeros(&[64])?)?;
/// assert_eq!(h.dims(), [8, 161, 16]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn lstm(x: &Tensor, weight_ih: &Tensor, weight_hh: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let (n, steps, inputs) = x.dims3()?;
    let (gates, units) = weight_hh.dims2()?;
    let fits = weight_ih.dims() == [gates, inputs] && bias.dims() == [gates] && gates == 4 * units;
    if !fits || x.elem_count() == 0 || units == 0 {
        bail!(
            "{OP}: input {:?}, weight_ih {:?}, weight_hh {:?} and bias {:?} do not fit (N, steps, inputs), (4 units, \
             inputs), (4 units, units) and (4 units)",
            x.dims(),
            weight_ih.dims(),
            weight_hh.dims(),
            bias.dims()
        )
    }
    let projected = x.contiguous()?.reshape((n * steps, inputs))?.matmul(&weight_ih.t()?)?;
    projected.reshape((n, steps, gates))?.apply_op3(
        &weight_hh.contiguous()?,
        &bias.contiguous()?,
        Recurrence { steps, units },
    )
}

/// The recurrence after the projection of the inputs.
///
/// Gates and cells are not kept between the passes: the backward pass recomputes them from the outputs.
struct Recurrence {
    steps: usize,
    units: usize,
}

/// One sample's share of the gradients of weight and bias.
struct Partial<T> {
    weight: Vec<T>,
    bias: Vec<f64>,
}

impl Recurrence {
    fn gates(&self) -> usize {
        4 * self.units
    }

    /// Transposes (4 units, units) to (units, 4 units), so that a step adds whole rows.
    fn transpose<T: Real>(&self, weight: &[T]) -> Vec<T> {
        (0..weight.len()).map(|i| weight[i % self.gates() * self.units + i / self.gates()]).collect()
    }

    fn forward<T: Real>(&self, projected: &[T], weight: &[T], bias: &[T]) -> Vec<T> {
        let (weight, sample) = (self.transpose(weight), self.steps * self.units);
        let mut y = vec![T::zero(); projected.len() / 4];
        y.par_chunks_mut(sample).zip(projected.par_chunks(4 * sample)).for_each(|(y, projected)| {
            let (mut gates, mut cell) = (vec![T::zero(); self.gates()], vec![T::zero(); self.units]);
            for (t, projected) in projected.chunks(self.gates()).enumerate() {
                let (past, rest) = y.split_at_mut(t * self.units);
                self.open(projected, &weight, bias, past, &mut gates);
                advance(&gates, &mut cell);
                let output = rest.iter_mut().zip(&cell).zip(&gates[3 * self.units..]);
                output.for_each(|((h, c), o)| *h = *o * c.tanh());
            }
        });
        y
    }

    /// Computes the activated gates of the step after the outputs `past`; `weight` is transposed.
    fn open<T: Real>(&self, projected: &[T], weight: &[T], bias: &[T], past: &[T], gates: &mut [T]) {
        gates.iter_mut().zip(projected.iter().zip(bias)).for_each(|(gate, (z, bias))| *gate = *z + *bias);
        if let Some(last) = past.chunks_exact(self.units).next_back() {
            let rows = last.iter().zip(weight.chunks(self.gates()));
            rows.for_each(|(h, row)| rows::add_scaled(*h, row, gates));
        }
        for (number, gates) in gates.chunks_mut(self.units).enumerate() {
            let activate = if number == 2 { T::tanh } else { sigmoid };
            gates.iter_mut().for_each(|gate| *gate = activate(*gate));
        }
    }

    /// Returns the gradients of the projected inputs, the weight and the bias.
    fn backward<T: Real>(&self, projected: &[T], weight: &[T], bias: &[T], y: &[T], dy: &[T]) -> [Vec<T>; 3] {
        let (transposed, sample) = (self.transpose(weight), self.steps * self.units);
        let mut dz = vec![T::zero(); projected.len()];
        let outputs = y.par_chunks(sample).zip(dy.par_chunks(sample));
        let samples = dz.par_chunks_mut(4 * sample).zip(projected.par_chunks(4 * sample)).zip(outputs);
        let partials: Vec<Partial<T>> = samples
            .map(|((dz, projected), (y, dy))| {
                let cells = self.replay(projected, &transposed, bias, y, dz);
                self.through_time(weight, &cells, dy, dz);
                self.partial(dz, y)
            })
            .collect();
        let (mut dweight, mut dbias) = (vec![0f64; weight.len()], vec![0f64; bias.len()]);
        for partial in &partials {
            dweight.iter_mut().zip(&partial.weight).for_each(|(sum, share)| *sum += share.to_f64());
            dbias.iter_mut().zip(&partial.bias).for_each(|(sum, share)| *sum += share);
        }
        let to_real = |sums: Vec<f64>| sums.into_iter().map(T::from_f64).collect();
        [dz, to_real(dweight), to_real(dbias)]
    }

    /// Writes the gates of every step of one sample and returns its cells, those before the first step
    /// included.
    fn replay<T: Real>(&self, projected: &[T], weight: &[T], bias: &[T], y: &[T], gates: &mut [T]) -> Vec<T> {
        let mut cells = vec![T::zero(); (self.steps + 1) * self.units];
        let steps = gates.chunks_mut(self.gates()).zip(projected.chunks(self.gates()));
        for (t, (gates, projected)) in steps.enumerate() {
            self.open(projected, weight, bias, &y[..t * self.units], gates);
            cells.copy_within(t * self.units..(t + 1) * self.units, (t + 1) * self.units);
            advance(gates, &mut cells[(t + 1) * self.units..][..self.units]);
        }
        cells
    }

    /// Turns one sample's gates into the gradients before their activations, last step first.
    fn through_time<T: Real>(&self, weight: &[T], cells: &[T], dy: &[T], gates: &mut [T]) {
        let (mut dh, mut dc) = (vec![T::zero(); self.units], vec![T::zero(); self.units]);
        let steps = gates.chunks_mut(self.gates()).zip(dy.chunks(self.units));
        for (t, (gates, dy)) in steps.enumerate().rev() {
            dh.iter_mut().zip(dy).for_each(|(dh, dy)| *dh += *dy);
            let (past, cell) = cells[t * self.units..][..2 * self.units].split_at(self.units);
            step_back((past, cell), &dh, &mut dc, gates);
            dh.fill(T::zero());
            let rows = gates.iter().zip(weight.chunks(self.units));
            rows.for_each(|(dz, row)| rows::add_scaled(*dz, row, &mut dh));
        }
    }

    fn partial<T: Real>(&self, dz: &[T], y: &[T]) -> Partial<T> {
        let (gates, units, steps) = (self.gates(), self.units, self.steps - 1);
        let mut partial = Partial { weight: vec![T::zero(); gates * units], bias: vec![0f64; gates] };
        let later = Matrix::new(&dz[gates..], steps, gates, gates).t(); // the first step saw no output
        let weight = MatrixMut::new(&mut partial.weight, gates, units, units);
        multiply(weight, later, Matrix::new(y, steps, units, units), false, 1);
        for dz in dz.chunks(gates) {
            partial.bias.iter_mut().zip(dz).for_each(|(sum, dz)| *sum += dz.to_f64());
        }
        partial
    }
}

impl CustomOp3 for Recurrence {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(
        &self,
        z: &CpuStorage,
        z_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(z), T => {
            let (weight, bias) = (slice::<T>(OP, weight, weight_layout)?, slice::<T>(OP, bias, bias_layout)?);
            let y = self.forward(slice::<T>(OP, z, z_layout)?, weight, bias);
            let shape = (z_layout.dims()[0], self.steps, self.units).into();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), shape))
        })
    }

    fn bwd(
        &self,
        z: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        with_real!(OP, z.dtype(), T => {
            let [dz, dweight, dbias] = with_slice::<T, _>(OP, z, |z| {
                with_slice(OP, weight, |weight| with_slice(OP, bias, |bias| {
                    with_slice(OP, y, |y| with_slice(OP, dy, |dy| Ok(self.backward(z, weight, bias, y, dy))))
                }))
            })?;
            Ok((Some(like(dz, z)?), Some(like(dweight, weight)?), Some(like(dbias, bias)?)))
        })
    }
}
