//! The kernels at every level that the machine has, against plain loops in double precision.

use super::conv::{Conv, mirror, transpose};
use super::kernels::{run_mix, run_outer};
use super::{BLOCK_CHANNELS, Pixel, Size, WeightBlock, planes};
use crate::kernels::simd::Level;
use proptest::prelude::*;

/// Sums of at most a few hundred products of values in [-1, 1], in f32.
const TOLERANCE: f64 = 2e-5;

/// Values in [-1, 1) that depend on nothing but `seed` and their place.
fn pixels(count: usize, seed: usize) -> Vec<Pixel> {
    let value = |i: usize| ((i.wrapping_mul(2_654_435_761) + seed * 97) % 2003) as f32 / 1001.5 - 1.;
    (0..count).map(|p| Pixel(std::array::from_fn(|c| value(p * BLOCK_CHANNELS + c)))).collect()
}

fn blocks(count: usize, seed: usize) -> Vec<WeightBlock> {
    let pixels = pixels(count * BLOCK_CHANNELS, seed);
    pixels.chunks(BLOCK_CHANNELS).map(|rows| std::array::from_fn(|k| rows[k])).collect()
}

fn far(found: &[Pixel], expected: impl Fn(usize, usize) -> f64) -> f64 {
    let all = found
        .iter()
        .enumerate()
        .flat_map(|(p, pixel)| pixel.0.iter().enumerate().map(move |(c, v)| (p, c, *v)));
    all.map(|(p, c, value)| (f64::from(value) - expected(p, c)).abs()).fold(0., f64::max)
}

/// Returns what a mix adds.
fn mixed(inputs: &[Vec<Pixel>], weights: &[WeightBlock], p: usize, o: usize) -> f64 {
    let tap = |(input, block): (&Vec<Pixel>, &WeightBlock)| -> f64 {
        (0..BLOCK_CHANNELS).map(|k| f64::from(input[p].0[k]) * f64::from(block[k].0[o])).sum()
    };
    inputs.iter().zip(weights).map(tap).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 48 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mix_is_the_sum_of_matrix_products_at_every_level(count in 0usize..30, taps in 0usize..5, seed in 0usize..100) {
        let inputs: Vec<_> = (0..taps).map(|t| pixels(count + t, seed + t)).collect();
        let (weights, old) = (blocks(taps, seed + 50), pixels(count, seed + 7));
        let views: Vec<&[Pixel]> = inputs.iter().map(Vec::as_slice).collect();
        for level in Level::present() {
            for add in [true, false] {
                let mut out = old.clone();
                run_mix(level, (&views, &views), &weights, &mut out, add);
                let before = |p: usize, o: usize| if add { f64::from(old[p].0[o]) } else { 0. };
                let worst = far(&out, |p, o| before(p, o) + mixed(&inputs, &weights, p, o));
                prop_assert!(worst < TOLERANCE, "{level:?}, add {add}: {worst:e}");
            }
        }
    }

    #[test]
    fn an_outer_product_is_summed_over_all_cells_at_every_level(count in 0usize..30, seed in 0usize..100) {
        let (a, b, old) = (pixels(count, seed), pixels(count, seed + 1), blocks(1, seed + 2)[0]);
        for level in Level::present() {
            let mut sum = old;
            run_outer(level, &a, &b, &mut sum);
            let product = |k: usize, o: usize| (0..count).map(|p| f64::from(a[p].0[k]) * f64::from(b[p].0[o])).sum::<f64>();
            let worst = far(&sum, |k, o| f64::from(old[k].0[o]) + product(k, o));
            prop_assert!(worst < TOLERANCE, "{level:?}: {worst:e}");
        }
    }

    #[test]
    fn planes_survive_the_way_to_blocked_maps_and_back(n in 1usize..3, count in 1usize..4, h in 1usize..5, w in 1usize..70) {
        let size = Size { n, h, w };
        let x: Vec<f32> = (0..count * size.pixels() * BLOCK_CHANNELS).map(|i| i as f32).collect();
        let maps: Vec<_> =
            (0..count).map(|number| planes::from_planes(&x, size, planes::Place { number, count })).collect();
        let views: Vec<&[Pixel]> = maps.iter().map(|map| &**map).collect();
        let mut doubled = planes::from_planes(&x, size, planes::Place { number: count - 1, count });
        planes::add_planes(&x, &mut doubled, size, planes::Place { number: count - 1, count });
        prop_assert!(doubled.iter().zip(views[count - 1]).all(|(two, one)| two.0 == one.0.map(|x| 2. * x)));
        prop_assert_eq!(planes::to_planes(&views, size), x);
    }

    /// `<conv(x), y> = <x, backward(y)>`, and the same for the weights.
    #[test]
    fn a_convolution_backwards_is_the_adjoint_of_its_way_forward(
        (h, w) in (1usize..6, 1usize..6), (kh, kw) in (0usize..3, 0usize..3), seed in 0usize..100
    ) {
        let conv = Conv { kernel: (2 * kh + 1, 2 * kw + 1), size: Size { n: 2, h, w } };
        let (x, dy) = (pixels(2 * h * w, seed), pixels(2 * h * w, seed + 1));
        let weights = blocks(conv.kernel.0 * conv.kernel.1, seed + 2);
        let (y, _) = conv.forward(&x, None, &weights, &Pixel::ZERO);
        let back = conv.backward(&x, None, &dy, &mirror(&weights));
        let forth = dot(&y, &dy);
        let scale = TOLERANCE * (2 * h * w * BLOCK_CHANNELS) as f64;
        prop_assert!((forth - dot(&x, &back.dx)).abs() < scale);
        prop_assert!((forth - dot(weights.as_flattened(), back.weights.as_flattened())).abs() < scale);
    }
}

fn dot(a: &[Pixel], b: &[Pixel]) -> f64 {
    let pairs = a.iter().zip(b).flat_map(|(a, b)| a.0.iter().zip(&b.0));
    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn a_block_transposed_twice_is_itself() {
    let block = blocks(1, 3)[0];
    assert_eq!(transpose(&transpose(&block)), block);
    assert_eq!(transpose(&block)[3].0[5], block[5].0[3]);
}
