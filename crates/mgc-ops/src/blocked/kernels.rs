//! The two products that nearly all arithmetic of the trunk consists of.

use super::vector::Vector;
use super::{Block, Cell, LANES};
use crate::kernels::simd::Level;

/// `out[p] = sum over t of weights[t]^T inputs[t][p]`; asks for the cells of `next`, as soon wanted, on the way.
pub(crate) fn mix(inputs: &[&[Cell]], weights: &[Block], out: &mut [Cell], next: &[&[Cell]]) {
    run_mix(Level::current(), (inputs, next), weights, out, false);
}

/// `out[p] += sum over t of weights[t]^T inputs[t][p]`, as above.
pub(crate) fn add_mixed(inputs: &[&[Cell]], weights: &[Block], out: &mut [Cell], next: &[&[Cell]]) {
    run_mix(Level::current(), (inputs, next), weights, out, true);
}

/// `sum += sum over p of a[p] b[p]^T`.
pub(crate) fn add_outer(a: &[Cell], b: &[Cell], sum: &mut Block) {
    run_outer(Level::current(), a, b, sum);
}

/// Asks for `count` cells from number `p` of each map, as far as it has them.
#[inline(always)]
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(unused_variables, reason = "elsewhere the machine finds out by itself")
)]
fn prefetch(maps: &[&[Cell]], p: usize, count: usize) {
    #[cfg(target_arch = "x86_64")]
    for cell in maps.iter().flat_map(|map| map.iter().skip(p).take(count)) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        for line in cell.0.chunks(super::LINE) {
            // SAFETY: a prefetch changes nothing that the program sees, whatever the address.
            #[allow(unsafe_code)]
            unsafe {
                _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast());
            }
        }
    }
}

/// The maps that are mixed, and those to prefetch.
type Maps<'a> = (&'a [&'a [Cell]], &'a [&'a [Cell]]);

pub(super) fn run_mix(level: Level, maps: Maps<'_>, weights: &[Block], out: &mut [Cell], add: bool) {
    let inputs = maps.0;
    assert!(inputs.len() == weights.len() && inputs.iter().all(|input| input.len() >= out.len()));
    // SAFETY: every input has a cell for each of `out`, every input a block of weights; a level is one that the machine has.
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

pub(super) fn run_outer(level: Level, a: &[Cell], b: &[Cell], sum: &mut Block) {
    assert!(a.len() == b.len());
    // SAFETY: both maps have the same cells; a level is one that the machine has.
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

/// The kernels compiled for what a machine may have.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use super::{Block, Cell, Maps, mix_in, outer_in};
    use std::arch::x86_64::{__m256, __m512};

    /// # Safety
    /// As [`mix_in`]; the machine has AVX-512F.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn mix_avx512(maps: Maps<'_>, weights: &[Block], out: &mut [Cell], add: bool) {
        // SAFETY: the caller's promise.
        unsafe { mix_in::<__m512, 8>(maps, weights, out, add) }
    }

    /// # Safety
    /// As [`mix_in`]; the machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn mix_avx2(maps: Maps<'_>, weights: &[Block], out: &mut [Cell], add: bool) {
        // SAFETY: the caller's promise.
        unsafe { mix_in::<__m256, 6>(maps, weights, out, add) }
    }

    /// # Safety
    /// As [`outer_in`]; the machine has AVX-512F.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn outer_avx512(a: &[Cell], b: &[Cell], sum: &mut Block) {
        // SAFETY: the caller's promise.
        unsafe { outer_in::<__m512, 8>(a, b, sum) }
    }

    /// # Safety
    /// As [`outer_in`]; the machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn outer_avx2(a: &[Cell], b: &[Cell], sum: &mut Block) {
        // SAFETY: the caller's promise.
        unsafe { outer_in::<__m256, 4>(a, b, sum) }
    }
}

/// All cells, `P` at a time; the sums of two registers' outputs stay in registers over all inputs.
///
/// # Safety
/// As many inputs as blocks of weights, each at least as long as `out`; the machine has the instructions of `V`.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn mix_in<V: Vector, const P: usize>(
    (inputs, next): Maps<'_>,
    weights: &[Block],
    out: &mut [Cell],
    add: bool,
) {
    let cells = out.len();
    for column in (0..LANES).step_by(2 * V::WIDTH) {
        let mut p = 0;
        // SAFETY: each tile ends at `cells` or before.
        unsafe {
            while p + P <= cells {
                if column == 0 {
                    prefetch(next, p, P);
                }
                mix_tile::<V, P>(inputs, weights, out, (p, column), add);
                p += P;
            }
            while p + 4 <= cells {
                mix_tile::<V, 4>(inputs, weights, out, (p, column), add);
                p += 4;
            }
            while p < cells {
                mix_tile::<V, 1>(inputs, weights, out, (p, column), add);
                p += 1;
            }
        }
    }
}

/// `P` cells from number `p`, outputs from `column` to two registers behind it.
///
/// # Safety
/// As [`mix_in`], `p + P` cells in `out`, and outputs `column` and so on exist.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn mix_tile<V: Vector, const P: usize>(
    inputs: &[&[Cell]],
    weights: &[Block],
    out: &mut [Cell],
    (p, column): (usize, usize),
    add: bool,
) {
    // SAFETY: cells `p` to `p + P` exist in `out` and, being as long, in the inputs; a cell has `LANES` floats.
    unsafe {
        let out = out.as_mut_ptr().add(p).cast::<f32>().add(column);
        let mut sums = [[V::splat(0.); 2]; P];
        if add {
            for (i, sums) in sums.iter_mut().enumerate() {
                *sums = [V::load(out.add(i * LANES)), V::load(out.add(i * LANES + V::WIDTH))];
            }
        }
        for (t, block) in weights.iter().enumerate() {
            let input = inputs.get_unchecked(t).as_ptr().add(p).cast::<f32>();
            let block = block.as_ptr().cast::<f32>().add(column);
            for k in 0..LANES {
                let row = block.add(k * LANES);
                let (w0, w1) = (V::load(row), V::load(row.add(V::WIDTH)));
                for (i, sums) in sums.iter_mut().enumerate() {
                    let x = V::splat(*input.add(i * LANES + k));
                    *sums = [sums[0].add_product(x, w0), sums[1].add_product(x, w1)];
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            sums[0].store(out.add(i * LANES));
            sums[1].store(out.add(i * LANES + V::WIDTH));
        }
    }
}

/// `R` rows of the sum at a time; they stay in registers over all cells.
///
/// # Safety
/// As many cells in `a` as in `b`; `R` divides `LANES`; the machine has the instructions of `V`.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn outer_in<V: Vector, const R: usize>(a: &[Cell], b: &[Cell], sum: &mut Block) {
    let (a_cells, b_cells) = (a.as_ptr().cast::<f32>(), b.as_ptr().cast::<f32>());
    for row in (0..LANES).step_by(R) {
        for column in (0..LANES).step_by(2 * V::WIDTH) {
            // SAFETY: rows `row` to `row + R` and two registers from `column` lie in the block; cells below `a.len()` in both maps.
            unsafe {
                let sum = sum.as_mut_ptr().add(row).cast::<f32>().add(column);
                let mut sums = [[V::splat(0.); 2]; R];
                for (i, sums) in sums.iter_mut().enumerate() {
                    *sums = [V::load(sum.add(i * LANES)), V::load(sum.add(i * LANES + V::WIDTH))];
                }
                for p in 0..a.len() {
                    let (x, d) = (a_cells.add(p * LANES + row), b_cells.add(p * LANES + column));
                    let (d0, d1) = (V::load(d), V::load(d.add(V::WIDTH)));
                    for (i, sums) in sums.iter_mut().enumerate() {
                        let x = V::splat(*x.add(i));
                        *sums = [sums[0].add_product(x, d0), sums[1].add_product(x, d1)];
                    }
                }
                for (i, sums) in sums.into_iter().enumerate() {
                    sums[0].store(sum.add(i * LANES));
                    sums[1].store(sum.add(i * LANES + V::WIDTH));
                }
            }
        }
    }
}
