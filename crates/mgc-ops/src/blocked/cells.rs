//! The loops over cells that are no products: one channel's arithmetic on 32 channels at once.

use super::{Cell, LANES, RUN};
use crate::activation::Activation;
use crate::kernels::rows::per_activation;
use crate::kernels::simd::widest;

/// `z = x * scale + bias`, channel by channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Affine {
    pub(crate) scale: Cell,
    pub(crate) bias: Cell,
    /// Where sums of `dz * x` are taken from, for the sake of their precision.
    pub(crate) mean: Cell,
}

/// Sums over cells, channel by channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums {
    /// Of dz.
    pub(crate) dz: [f64; LANES],
    /// Of dz * (x - mean).
    pub(crate) dzx: [f64; LANES],
}

impl Sums {
    pub(crate) const ZERO: Self = Self { dz: [0.; LANES], dzx: [0.; LANES] };

    pub(crate) fn add(&mut self, other: &Self) {
        self.dz.iter_mut().zip(&other.dz).for_each(|(sum, other)| *sum += other);
        self.dzx.iter_mut().zip(&other.dzx).for_each(|(sum, other)| *sum += other);
    }
}

/// What statistics take from a gradient: `constant + slope * (x - mean)`, channel by channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Correction {
    pub(crate) constant: Cell,
    pub(crate) slope: Cell,
    pub(crate) mean: Cell,
}

/// Runs `$body` for every channel of a cell, with `$c` its number.
macro_rules! channels {
    ($c:ident => $body:expr) => {
        for $c in 0..LANES {
            $body
        }
    };
}

widest! {
    /// `out = act(affine(x))`.
    fn activate(affine: &Affine, act: Activation, x: &[Cell], out: &mut [Cell]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        let cells = out.iter_mut().zip(x);
        per_activation!(act => for (Cell(out), Cell(x)) in cells {
            channels!(c => out[c] = act.apply((x[c] - mean[c]) * scale[c] + bias[c]));
        });
    }
}

widest! {
    /// `x = act(affine(x))`.
    fn activate_in_place(affine: &Affine, act: Activation, x: &mut [Cell]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for Cell(x) in x.iter_mut() {
            channels!(c => x[c] = act.apply((x[c] - mean[c]) * scale[c] + bias[c]));
        });
    }
}

widest! {
    /// Turns the gradient to an activated map into that before the activation, `dz`; sums it up.
    fn deactivate(affine: &Affine, act: Activation, x: &[Cell], gradient: &mut [Cell], sums: &mut Sums) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        for (x, gradient) in x.chunks(RUN).zip(gradient.chunks_mut(RUN)) {
            let (mut dzs, mut dzxs) = ([0f32; LANES], [0f32; LANES]);
            per_activation!(act => for (Cell(x), Cell(dz)) in x.iter().zip(gradient) {
                channels!(c => {
                    dz[c] = act.backward((x[c] - mean[c]) * scale[c] + bias[c], dz[c]);
                    dzs[c] += dz[c];
                    dzxs[c] += dz[c] * (x[c] - mean[c]);
                });
            });
            channels!(c => {
                sums.dz[c] += f64::from(dzs[c]);
                sums.dzx[c] += f64::from(dzxs[c]);
            });
        }
    }
}

widest! {
    /// All that a reader of a tile does backwards besides products: `active` becomes the activated map, `dx` gains `scale * dz`.
    fn reverse(affine: &Affine, act: Activation, x: &[Cell], active: &mut [Cell], gradient: &[Cell], dx: &mut [Cell], sums: &mut Sums) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        let (mut dzs, mut dzxs) = ([0f32; LANES], [0f32; LANES]);
        let cells = x.iter().zip(active).zip(gradient.iter().zip(dx));
        per_activation!(act => for ((Cell(x), Cell(active)), (Cell(gradient), Cell(dx))) in cells {
            channels!(c => {
                let z = (x[c] - mean[c]) * scale[c] + bias[c];
                active[c] = act.apply(z);
                let dz = act.backward(z, gradient[c]);
                dzs[c] += dz;
                dzxs[c] += dz * (x[c] - mean[c]);
                dx[c] += scale[c] * dz;
            });
        });
        channels!(c => {
            sums.dz[c] += f64::from(dzs[c]);
            sums.dzx[c] += f64::from(dzxs[c]);
        });
    }
}

widest! {
    /// `dz = scale * dz - correction(x)`, and the sum of it.
    fn correct(scale: &Cell, correction: &Correction, x: &[Cell], dz: &mut [Cell], sum: &mut [f64; LANES]) {
        let Correction { constant: Cell(constant), slope: Cell(slope), mean: Cell(mean) } = *correction;
        let scale = scale.0;
        for (dz, x) in dz.chunks_mut(RUN).zip(x.chunks(RUN)) {
            let mut total = [0f32; LANES];
            for (Cell(dz), Cell(x)) in dz.iter_mut().zip(x) {
                channels!(c => {
                    dz[c] = scale[c] * dz[c] - (slope[c] * (x[c] - mean[c]) + constant[c]);
                    total[c] += dz[c];
                });
            }
            channels!(c => sum[c] += f64::from(total[c]));
        }
    }
}

widest! {
    /// Adds up the cells.
    fn add_up(x: &[Cell], sum: &mut [f64; LANES]) {
        for x in x.chunks(RUN) {
            let mut total = [0f32; LANES];
            for Cell(x) in x {
                channels!(c => total[c] += x[c]);
            }
            channels!(c => sum[c] += f64::from(total[c]));
        }
    }
}

widest! {
    /// Adds the cells to `sums` and their squares to `squares`, which are taken about the first cell.
    fn add_moments(x: &[Cell], sums: &mut [f64; LANES], squares: &mut [f64; LANES]) {
        let Some(Cell(centre)) = x.first() else { return };
        let (count, mut far_sum, mut far_squares) = (x.len() as f64, [0f32; LANES], [0f32; LANES]);
        for Cell(x) in x {
            channels!(c => {
                let far = x[c] - centre[c];
                far_sum[c] += far;
                far_squares[c] += far * far;
            });
        }
        channels!(c => {
            let (far, centre) = (f64::from(far_sum[c]), f64::from(centre[c]));
            sums[c] += far + count * centre;
            squares[c] += f64::from(far_squares[c]) + centre * (2. * far + count * centre);
        });
    }
}
