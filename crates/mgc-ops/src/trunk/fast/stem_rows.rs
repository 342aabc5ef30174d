//! The loops over one row of the stem.

use crate::activation::Activation;
use crate::blocked::pixels::Affine;
use crate::blocked::{BLOCK_CHANNELS, Pixel, RUN};
use crate::kernels::rows::per_activation;
use crate::kernels::simd::widest;
use crate::trunk::config::STEM_KERNEL;

pub(super) const TAPS: usize = STEM_KERNEL.0 * STEM_KERNEL.1;

/// Sums for each tap.
pub(super) type TapSums = [[f64; BLOCK_CHANNELS]; TAPS];

widest! {
    /// `y[p] = bias + sum over taps of weight * x`.
    fn convolve(rows: [&[f32]; 3], weights: &[Pixel; TAPS], bias: &Pixel, y: &mut [Pixel]) {
        for (p, y) in y.iter_mut().enumerate() {
            y.0 = add_products(bias.0, &seen(rows, p), weights);
        }
    }
}

widest! {
    /// `y[p] = start[p] + sum over taps of weight * x`.
    fn convolve_from(rows: [&[f32]; 3], weights: &[Pixel; TAPS], start: &[Pixel], y: &mut [Pixel]) {
        for (p, (y, start)) in y.iter_mut().zip(start).enumerate() {
            y.0 = add_products(start.0, &seen(rows, p), weights);
        }
    }
}

/// Returns the values that the kernel sees at a place.
#[inline(always)]
fn seen([above, here, below]: [&[f32]; 3], p: usize) -> [f32; TAPS] {
    let (a, h, b) = (&above[p..p + 3], &here[p..p + 3], &below[p..p + 3]);
    [a[0], a[1], a[2], h[0], h[1], h[2], b[0], b[1], b[2]]
}

#[inline(always)]
fn add_products(
    mut sum: [f32; BLOCK_CHANNELS],
    seen: &[f32; TAPS],
    weights: &[Pixel; TAPS],
) -> [f32; BLOCK_CHANNELS] {
    for (c, sum) in sum.iter_mut().enumerate() {
        for tap in 0..TAPS {
            *sum += seen[tap] * weights[tap].0[c];
        }
    }
    sum
}

widest! {
    /// `best = max(best, act(affine(y)))` over windows of `columns` pixels, or, in the first row of a window,
    /// without what `best` holds. A NaN gives way.
    fn running_max(affine: &Affine, act: Activation, y: &[Pixel], columns: usize, first: bool, best: &mut [Pixel]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (y, Pixel(best)) in y.chunks_exact(columns).zip(best) {
            for (column, Pixel(y)) in y.iter().enumerate() {
                let first = first & (column == 0);
                for c in 0..BLOCK_CHANNELS {
                    let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                    best[c] = if (value > best[c]) | best[c].is_nan() | first { value } else { best[c] };
                }
            }
        });
    }
}

widest! {
    /// Does the same and notes in `codes` the place of the first maximum in its window; the row begins at
    /// place `place`, and place 0 starts.
    fn argmax_row(affine: &Affine, act: Activation, y: &[Pixel], columns: usize, place: u32, best: &mut [Pixel], codes: &mut [[u32; BLOCK_CHANNELS]]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for (y, (Pixel(best), code)) in y.chunks_exact(columns).zip(best.iter_mut().zip(codes)) {
            for (place, Pixel(y)) in (place..).zip(y) {
                for c in 0..BLOCK_CHANNELS {
                    let value = act.apply((y[c] - mean[c]) * scale[c] + bias[c]);
                    let greater = (value > best[c]) | best[c].is_nan() | (place == 0);
                    best[c] = if greater { value } else { best[c] };
                    code[c] = if greater { place } else { code[c] };
                }
            }
        });
    }
}

widest! {
    /// Writes the gradient of each window to the place that its code names, and 0 to the others.
    fn scatter_row(dy: &[Pixel], codes: &[[u32; BLOCK_CHANNELS]], columns: usize, place: u32, dx: &mut [Pixel]) {
        for (dx, (Pixel(dy), code)) in dx.chunks_exact_mut(columns).zip(dy.iter().zip(codes)) {
            for (place, Pixel(dx)) in (place..).zip(dx) {
                for c in 0..BLOCK_CHANNELS {
                    dx[c] = if code[c] == place { dy[c] } else { 0. };
                }
            }
        }
    }
}

widest! {
    /// `sum += x`.
    fn add_row(x: &[Pixel], sum: &mut [Pixel]) {
        for (Pixel(sum), Pixel(x)) in sum.iter_mut().zip(x) {
            for c in 0..BLOCK_CHANNELS {
                sum[c] += x[c];
            }
        }
    }
}

widest! {
    /// Adds to each tap's weights the products of its inputs with the gradient.
    fn add_taps(rows: [&[f32]; 3], d: &[Pixel], weights: &mut TapSums) {
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
