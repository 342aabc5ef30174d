//! The loops over one row of the stem.

use crate::activation::Activation;
use crate::blocked::pixels::Affine;
use crate::blocked::{BLOCK_CHANNELS, Pixel, RUN};
use crate::kernels::rows::per_activation;
use crate::kernels::simd::widest;
use crate::trunk::config::STEM_KERNEL;

pub(super) const TAPS: usize = STEM_KERNEL.0 * STEM_KERNEL.1;

widest! {
    /// `y[p] = bias + sum over taps of weight * x`.
    fn convolve(rows: [&[f32]; 3], weights: &[Pixel; TAPS], bias: &Pixel, y: &mut [Pixel]) {
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
    /// `best = max(best, act(affine(y)))`; a NaN gives way.
    fn running_max(affine: &Affine, act: Activation, y: &[Pixel], best: &mut [Pixel]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (Pixel(y), Pixel(best)) in y.iter().zip(best) {
            for c in 0..BLOCK_CHANNELS {
                let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                best[c] = if (value > best[c]) | best[c].is_nan() { value } else { best[c] };
            }
        });
    }
}

widest! {
    /// Does the same and notes in `codes` which row holds the first maximum; row 0 starts.
    fn argmax_row(affine: &Affine, act: Activation, y: &[Pixel], row: u32, best: &mut [Pixel], codes: &mut [[u32; BLOCK_CHANNELS]]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (Pixel(y), (Pixel(best), code)) in y.iter().zip(best.iter_mut().zip(codes)) {
            for c in 0..BLOCK_CHANNELS {
                let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                let greater = (value > best[c]) | best[c].is_nan() | (row == 0);
                best[c] = if greater { value } else { best[c] };
                code[c] = if greater { row } else { code[c] };
            }
        });
    }
}

widest! {
    fn scatter_row(dy: &[Pixel], codes: &[[u32; BLOCK_CHANNELS]], row: u32, dx: &mut [Pixel]) {
        for (Pixel(dx), (Pixel(dy), code)) in dx.iter_mut().zip(dy.iter().zip(codes)) {
            for c in 0..BLOCK_CHANNELS {
                dx[c] = if code[c] == row { dy[c] } else { 0. };
            }
        }
    }
}

widest! {
    /// Adds to each tap's weights the products of its inputs with the gradient.
    fn add_taps(rows: [&[f32]; 3], d: &[Pixel], weights: &mut [[f64; BLOCK_CHANNELS]; TAPS]) {
        for (tap, weights) in weights.iter_mut().enumerate() {
            let x = &rows[tap / STEM_KERNEL.1][tap % STEM_KERNEL.1..];
            for (x, d) in x.chunks(RUN).zip(d.chunks(RUN)) {
                let mut sum = [0f32; BLOCK_CHANNELS];
                for (x, Pixel(d)) in x.iter().zip(d) {
                    for c in 0..BLOCK_CHANNELS {
                        sum[c] += x * d[c];
                    }
                }
                for c in 0..BLOCK_CHANNELS {
                    weights[c] += f64::from(sum[c]);
                }
            }
        }
    }
}
