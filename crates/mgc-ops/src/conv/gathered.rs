//! Products of a matrix that is read in place, out of a map, and a packed one.
//!
//! Element (r, k) of the left matrix is `map[rows[r] + terms[k].map]`. The patches of an image have this form
//! in all three products of a convolution, so they need no copy.

#[cfg(target_arch = "x86_64")]
use crate::kernels::simd::Level;
use crate::scalar::real::Real;

/// Columns of the right matrix and of the result.
pub(crate) const WIDTH: usize = 16;

/// One term of every sum: the place of its left factor after the row's start, and that of its row of the
/// right matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    map: u32,
    panel: u32,
}

impl Term {
    /// Makes a term; places beyond 2^32 do not occur, see [`reachable`].
    pub(crate) fn new(map: usize, panel: usize) -> Self {
        Self { map: map as u32, panel: panel as u32 }
    }
}

/// Returns whether a [`Term`] can hold every place of a buffer of this length.
pub(crate) fn reachable(len: usize) -> bool {
    u32::try_from(len).is_ok()
}

/// The terms of a sum, in order.
pub(crate) struct Terms {
    list: Vec<Term>,
    /// The largest places.
    last: Term,
}

impl FromIterator<Term> for Terms {
    fn from_iter<I: IntoIterator<Item = Term>>(terms: I) -> Self {
        let list: Vec<Term> = terms.into_iter().collect();
        let last = |place: fn(&Term) -> u32| list.iter().map(place).max().unwrap_or(0);
        let last = Term { map: last(|term| term.map), panel: last(|term| term.panel) };
        Self { list, last }
    }
}

/// `out += left * right` in rows of [`WIDTH`] elements; each sum runs over `terms` in their order, with fused
/// multiply-adds where the machine has them.
///
/// # Panics
/// When a term reaches beyond `map` or `panel`, or `out` has not one row for each of `rows`.
pub(crate) fn multiply_add<T: Real>(
    (map, rows): (&[T], &[usize]),
    panel: &[T],
    terms: &Terms,
    out: &mut [[T; WIDTH]],
) {
    let row = rows.iter().max().copied().unwrap_or(0);
    let last = row.checked_add(terms.last.map as usize);
    assert!(last.is_some_and(|last| last < map.len()), "a row of the product lies beyond its map");
    assert!(terms.last.panel as usize + WIDTH <= panel.len(), "a term of the product lies beyond its panel");
    assert_eq!(rows.len(), out.len(), "rows of the product");
    let terms = terms.list.as_slice();

    #[cfg(target_arch = "x86_64")]
    match Level::current() {
        // SAFETY: the machine has the features of its level, which are all that `avx512` asks for; the rest
        // is `tiles`', asserted above.
        #[allow(unsafe_code)]
        Level::Avx512 => return unsafe { avx512((map, rows), panel, terms, out) },
        // SAFETY: likewise for `avx2`.
        #[allow(unsafe_code)]
        Level::Avx2 => return unsafe { avx2((map, rows), panel, terms, out) },
        Level::Plain => {}
    }
    // SAFETY: every place that `rows` and `terms` name was just asserted to lie in its slice.
    #[allow(unsafe_code)]
    unsafe {
        tiles::<T, 6, { cfg!(target_arch = "aarch64") }>((map, rows), panel, terms, out);
    }
}

/// # Safety
/// As [`tiles`], and the machine must have the features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,fma")]
#[allow(unsafe_code)]
unsafe fn avx512<T: Real>(left: (&[T], &[usize]), panel: &[T], terms: &[Term], out: &mut [[T; WIDTH]]) {
    // SAFETY: the caller's.
    unsafe { tiles::<T, 12, true>(left, panel, terms, out) }
}

/// # Safety
/// As [`tiles`], and the machine must have the features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[allow(unsafe_code)]
unsafe fn avx2<T: Real>(left: (&[T], &[usize]), panel: &[T], terms: &[Term], out: &mut [[T; WIDTH]]) {
    // SAFETY: the caller's.
    unsafe { tiles::<T, 6, true>(left, panel, terms, out) }
}

/// Computes `ROWS` rows at a time, as many as the registers can hold sums of.
///
/// # Safety
/// Each of `rows` plus the map's place of each of `terms` lies in `map`, and [`WIDTH`] elements from each
/// panel's place lie in `panel`.
#[inline(always)] // into functions compiled for wider vectors
#[allow(unsafe_code)]
unsafe fn tiles<T: Real, const ROWS: usize, const FUSED: bool>(
    (map, rows): (&[T], &[usize]),
    panel: &[T],
    terms: &[Term],
    out: &mut [[T; WIDTH]],
) {
    for (rows, out) in rows.chunks(ROWS).zip(out.chunks_mut(ROWS)) {
        // a short last tile computes its first row repeatedly
        let (mut starts, mut sums) = ([map.as_ptr().wrapping_add(rows[0]); ROWS], [[T::zero(); WIDTH]; ROWS]);
        starts.iter_mut().zip(rows).for_each(|(start, row)| *start = map.as_ptr().wrapping_add(*row));
        sums.iter_mut().zip(&*out).for_each(|(sums, out)| *sums = *out);
        for term in terms {
            // SAFETY: the caller's.
            let right: &[T; WIDTH] = unsafe { &*panel.as_ptr().add(term.panel as usize).cast() };
            for (start, sums) in starts.iter().zip(&mut sums) {
                // SAFETY: the caller's.
                let left = unsafe { *start.add(term.map as usize) };
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum = if FUSED { left.mul_add(*right, *sum) } else { *sum + left * *right };
                }
            }
        }
        out.copy_from_slice(&sums[..out.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few hundred products of order one.
    const TOLERANCE: f64 = 1e-12;

    fn values(len: usize, seed: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * i + seed) % 1009) as f64 / 504.5 - 1.0).collect()
    }

    /// Compares one implementation with plain sums, for every length of the last tile.
    fn check(name: &str, multiply: impl Fn((&[f64], &[usize]), &[f64], &Terms, &mut [[f64; WIDTH]])) {
        for (height, depth) in (1..=25).zip([0, 1, 7, 100].into_iter().cycle()) {
            let rows: Vec<usize> = (0..height).map(|r| r * 7 % 60).collect();
            let places = |k: usize| (k * 5 % 40, k * 3 % 90);
            let (map, panel) = (values(100, 3), values(90 + WIDTH, 8));
            let terms: Terms = (0..depth).map(|k| Term::new(places(k).0, places(k).1)).collect();
            let mut out = vec![[0.5; WIDTH]; height];
            multiply((&map, &rows), &panel, &terms, &mut out);
            for (row, sums) in rows.iter().zip(&out) {
                for (lane, sum) in sums.iter().enumerate() {
                    let term = |k| map[row + places(k).0] * panel[places(k).1 + lane];
                    let expected = 0.5 + (0..depth).map(term).sum::<f64>();
                    assert!((sum - expected).abs() < TOLERANCE, "{name}: {height} rows, {depth} terms");
                }
            }
        }
    }

    #[test]
    fn every_way_gives_the_plain_sum() {
        check("the one for this machine", multiply_add);
        // SAFETY: the places above lie within the slices.
        #[allow(unsafe_code)]
        check("plain", |left, panel, terms, out| unsafe {
            tiles::<f64, 6, false>(left, panel, &terms.list, out);
        });
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            // SAFETY: likewise, and the features are there.
            #[allow(unsafe_code)]
            check("AVX2", |left, panel, terms, out| unsafe { avx2(left, panel, &terms.list, out) });
        }
    }

    #[test]
    #[should_panic(expected = "beyond its map")]
    fn a_term_beyond_the_map_is_refused() {
        let terms: Terms = [Term::new(4, 0)].into_iter().collect();
        multiply_add((&[0f32; 5], &[0, 1]), &[0.0; WIDTH], &terms, &mut [[0.0; WIDTH]; 2]);
    }

    #[test]
    #[should_panic(expected = "beyond its panel")]
    fn a_term_beyond_the_panel_is_refused() {
        let terms: Terms = [Term::new(0, 1)].into_iter().collect();
        multiply_add((&[0f32; 5], &[0]), &[0.0; WIDTH], &terms, &mut [[0.0; WIDTH]; 1]);
    }
}
