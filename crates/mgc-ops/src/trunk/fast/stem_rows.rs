//! The loops over one row of the stem.

use crate::activation::Activation;
use crate::blocked::cells::Affine;
use crate::blocked::{Cell, LANES, RUN};
use crate::kernels::rows::per_activation;
use crate::kernels::simd::widest;
use crate::trunk::config::STEM_KERNEL;

pub(super) const TAPS: usize = STEM_KERNEL.0 * STEM_KERNEL.1;

widest! {
    /// `y[p] = bias + sum over taps of weight * x`.
    fn convolve(rows: [&[f32]; 3], weights: &[Cell; TAPS], bias: &Cell, y: &mut [Cell]) {
        let [above, here, below] = rows;
        for (p, y) in y.iter_mut().enumerate() {
            let (a, h, b) = (&above[p..p + 3], &here[p..p + 3], &below[p..p + 3]);
            let seen = [a[0], a[1], a[2], h[0], h[1], h[2], b[0], b[1], b[2]];
            let mut sum = bias.0;
            for (c, sum) in sum.iter_mut().enumerate() {
                for tap in 0..TAPS {
                    *sum += seen[tap] * weights[tap].0[c];
                }
            }
            y.0 = sum;
        }
    }
}

widest! {
    /// `best = max(best, act(affine(y)))`; what is not a number gives way.
    fn raise(affine: &Affine, act: Activation, y: &[Cell], best: &mut [Cell]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (Cell(y), Cell(best)) in y.iter().zip(best) {
            for c in 0..LANES {
                let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                best[c] = if (value > best[c]) | best[c].is_nan() { value } else { best[c] };
            }
        });
    }
}

widest! {
    /// The same, noting which row holds the first of the greatest; row 0 starts.
    fn greatest_row(affine: &Affine, act: Activation, y: &[Cell], row: u32, best: &mut [Cell], codes: &mut [[u32; LANES]]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (Cell(y), (Cell(best), code)) in y.iter().zip(best.iter_mut().zip(codes)) {
            for c in 0..LANES {
                let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                let greater = (value > best[c]) | best[c].is_nan() | (row == 0);
                best[c] = if greater { value } else { best[c] };
                code[c] = if greater { row } else { code[c] };
            }
        });
    }
}

widest! {
    fn take_chosen(dy: &[Cell], codes: &[[u32; LANES]], row: u32, dx: &mut [Cell]) {
        for (Cell(dx), (Cell(dy), code)) in dx.iter_mut().zip(dy.iter().zip(codes)) {
            for c in 0..LANES {
                dx[c] = if code[c] == row { dy[c] } else { 0. };
            }
        }
    }
}

widest! {
    /// Adds to each tap's weights the products of what it sees with the gradient.
    fn add_taps(rows: [&[f32]; 3], d: &[Cell], weights: &mut [[f64; LANES]; TAPS]) {
        for (tap, weights) in weights.iter_mut().enumerate() {
            let x = &rows[tap / STEM_KERNEL.1][tap % STEM_KERNEL.1..];
            for (x, d) in x.chunks(RUN).zip(d.chunks(RUN)) {
                let mut sum = [0f32; LANES];
                for (x, Cell(d)) in x.iter().zip(d) {
                    for c in 0..LANES {
                        sum[c] += x * d[c];
                    }
                }
                for c in 0..LANES {
                    weights[c] += f64::from(sum[c]);
                }
            }
        }
    }
}
