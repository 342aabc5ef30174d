//! The two products that make up nearly all arithmetic of the trunk.

use super::vector::Vector;
use super::{BLOCK_CHANNELS, Pixel, WeightBlock};
use crate::kernels::simd::Level;

/// `out[p] = sum over t of weights[t]^T inputs[t][p]`; prefetches `next`.
pub(crate) fn mix(inputs: &[&[Pixel]], weights: &[WeightBlock], out: &mut [Pixel], next: &[&[Pixel]]) {
    run_mix(Level::current(), (inputs, next), weights, out, false);
}

/// `out[p] += sum over t of weights[t]^T inputs[t][p]`; prefetches `next`.
pub(crate) fn add_mixed(inputs: &[&[Pixel]], weights: &[WeightBlock], out: &mut [Pixel], next: &[&[Pixel]]) {
    run_mix(Level::current(), (inputs, next), weights, out, true);
}

/// `sum += sum over p of a[p] b[p]^T`.
pub(crate) fn add_outer(a: &[Pixel], b: &[Pixel], sum: &mut WeightBlock) {
    run_outer(Level::current(), a, b, sum);
}

/// Prefetches `count` pixels of each map from pixel `p`, as far as the map has them.
#[inline(always)]
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(unused_variables, reason = "elsewhere the machine finds out by itself")
)]
fn prefetch(maps: &[&[Pixel]], p: usize, count: usize) {
    #[cfg(target_arch = "x86_64")]
    for pixel in maps.iter().flat_map(|map| map.iter().skip(p).take(count)) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        for line in pixel.0.chunks(super::LINE) {
            // SAFETY: a prefetch changes nothing that the program sees, whatever the address.
            #[allow(unsafe_code)]
            unsafe {
                _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast());
            }
        }
    }
}

/// The maps that are mixed, and those to prefetch.
type Maps<'a> = (&'a [&'a [Pixel]], &'a [&'a [Pixel]]);

pub(super) fn run_mix(level: Level, maps: Maps<'_>, weights: &[WeightBlock], out: &mut [Pixel], add: bool) {
    let inputs = maps.0;
    assert!(inputs.len() == weights.len() && inputs.iter().all(|input| input.len() >= out.len()));
    // SAFETY: every input has a pixel for each of `out`, every input a block of weights; a level is one that
    // the machine has.
    #[allow(unsafe_code)]
    unsafe {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => x86::mix_avx512(maps, weights, out, add),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => x86::mix_avx2(maps, weights, out, add),
            _ => mix_in::<[f32; 8], 2>(maps, weights, out, add),
        }
    }
}

pub(super) fn run_outer(level: Level, a: &[Pixel], b: &[Pixel], sum: &mut WeightBlock) {
    assert!(a.len() == b.len());
    // SAFETY: both maps have the same pixels; a level is one that the machine has.
    #[allow(unsafe_code)]
    unsafe {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => x86::outer_avx512(a, b, sum),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => x86::outer_avx2(a, b, sum),
            _ => outer_in::<[f32; 8], 2>(a, b, sum),
        }
    }
}

/// The kernels compiled for particular instruction sets.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use super::{Maps, Pixel, WeightBlock, mix_in, outer_in};
    use std::arch::x86_64::{__m256, __m512};

    /// # Safety
    /// As [`mix_in`]; the machine has AVX-512F.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn mix_avx512(maps: Maps<'_>, weights: &[WeightBlock], out: &mut [Pixel], add: bool) {
        // SAFETY: the caller's promise.
        unsafe { mix_in::<__m512, 8>(maps, weights, out, add) }
    }

    /// # Safety
    /// As [`mix_in`]; the machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn mix_avx2(maps: Maps<'_>, weights: &[WeightBlock], out: &mut [Pixel], add: bool) {
        // SAFETY: the caller's promise.
        unsafe { mix_in::<__m256, 6>(maps, weights, out, add) }
    }

    /// # Safety
    /// As [`outer_in`]; the machine has AVX-512F.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn outer_avx512(a: &[Pixel], b: &[Pixel], sum: &mut WeightBlock) {
        // SAFETY: the caller's promise.
        unsafe { outer_in::<__m512, 8>(a, b, sum) }
    }

    /// # Safety
    /// As [`outer_in`]; the machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn outer_avx2(a: &[Pixel], b: &[Pixel], sum: &mut WeightBlock) {
        // SAFETY: the caller's promise.
        unsafe { outer_in::<__m256, 4>(a, b, sum) }
    }
}

/// Computes all pixels, `P` at a time; the sums of two registers of outputs stay in registers over all
/// inputs.
///
/// # Safety
/// There is one block of weights per input; each input is at least as long as `out`; the machine has the
/// instructions of `V`.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn mix_in<V: Vector, const P: usize>(
    (inputs, next): Maps<'_>,
    weights: &[WeightBlock],
    out: &mut [Pixel],
    add: bool,
) {
    let pixels = out.len();
    for column in (0..BLOCK_CHANNELS).step_by(2 * V::WIDTH) {
        let mut p = 0;
        // SAFETY: each tile ends at `pixels` or before.
        unsafe {
            while p + P <= pixels {
                if column == 0 {
                    prefetch(next, p, P);
                }
                mix_tile::<V, P>(inputs, weights, out, (p, column), add);
                p += P;
            }
            while p + 4 <= pixels {
                mix_tile::<V, 4>(inputs, weights, out, (p, column), add);
                p += 4;
            }
            while p < pixels {
                mix_tile::<V, 1>(inputs, weights, out, (p, column), add);
                p += 1;
            }
        }
    }
}

/// Computes `P` pixels from pixel `p`, and two registers of outputs from `column`.
///
/// # Safety
/// As [`mix_in`]; `out` has `p + P` pixels, and the outputs from `column` fill two registers.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn mix_tile<V: Vector, const P: usize>(
    inputs: &[&[Pixel]],
    weights: &[WeightBlock],
    out: &mut [Pixel],
    (p, column): (usize, usize),
    add: bool,
) {
    // SAFETY: pixels `p` to `p + P` exist in `out` and, being as long, in the inputs; a pixel has
    // `BLOCK_CHANNELS` floats.
    unsafe {
        let out = out.as_mut_ptr().add(p).cast::<f32>().add(column);
        let mut sums = [[V::splat(0.); 2]; P];
        if add {
            for (i, sums) in sums.iter_mut().enumerate() {
                *sums =
                    [V::load(out.add(i * BLOCK_CHANNELS)), V::load(out.add(i * BLOCK_CHANNELS + V::WIDTH))];
            }
        }
        for (t, block) in weights.iter().enumerate() {
            let input = inputs.get_unchecked(t).as_ptr().add(p).cast::<f32>();
            let block = block.as_ptr().cast::<f32>().add(column);
            for k in 0..BLOCK_CHANNELS {
                let row = block.add(k * BLOCK_CHANNELS);
                let (w0, w1) = (V::load(row), V::load(row.add(V::WIDTH)));
                for (i, sums) in sums.iter_mut().enumerate() {
                    let x = V::splat(*input.add(i * BLOCK_CHANNELS + k));
                    *sums = [sums[0].add_product(x, w0), sums[1].add_product(x, w1)];
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            sums[0].store(out.add(i * BLOCK_CHANNELS));
            sums[1].store(out.add(i * BLOCK_CHANNELS + V::WIDTH));
        }
    }
}

/// Computes `R` rows of the sum at a time; they stay in registers over all pixels.
///
/// # Safety
/// `a` and `b` have the same length; `R` divides `BLOCK_CHANNELS`; the machine has the instructions of `V`.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn outer_in<V: Vector, const R: usize>(a: &[Pixel], b: &[Pixel], sum: &mut WeightBlock) {
    let (a_pixels, b_pixels) = (a.as_ptr().cast::<f32>(), b.as_ptr().cast::<f32>());
    for row in (0..BLOCK_CHANNELS).step_by(R) {
        for column in (0..BLOCK_CHANNELS).step_by(2 * V::WIDTH) {
            // SAFETY: rows `row` to `row + R` and two registers from `column` lie in the block; pixels below
            // `a.len()` in both maps.
            unsafe {
                let sum = sum.as_mut_ptr().add(row).cast::<f32>().add(column);
                let mut sums = [[V::splat(0.); 2]; R];
                for (i, sums) in sums.iter_mut().enumerate() {
                    *sums = [
                        V::load(sum.add(i * BLOCK_CHANNELS)),
                        V::load(sum.add(i * BLOCK_CHANNELS + V::WIDTH)),
                    ];
                }
                for p in 0..a.len() {
                    let (x, d) =
                        (a_pixels.add(p * BLOCK_CHANNELS + row), b_pixels.add(p * BLOCK_CHANNELS + column));
                    let (d0, d1) = (V::load(d), V::load(d.add(V::WIDTH)));
                    for (i, sums) in sums.iter_mut().enumerate() {
                        let x = V::splat(*x.add(i));
                        *sums = [sums[0].add_product(x, d0), sums[1].add_product(x, d1)];
                    }
                }
                for (i, sums) in sums.into_iter().enumerate() {
                    sums[0].store(sum.add(i * BLOCK_CHANNELS));
                    sums[1].store(sum.add(i * BLOCK_CHANNELS + V::WIDTH));
                }
            }
        }
    }
}
