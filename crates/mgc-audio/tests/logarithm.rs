//! The fast logarithm against the standard library.

#[path = "../src/spectral/logarithm.rs"]
mod logarithm;

use logarithm::decibels;

/// dB. The series alone leaves 2e-12; near 3000 dB the last place of f64 is 5e-13.
const TOLERANCE_DB: f64 = 1e-11;

fn check(x: f64) {
    let expected = 10.0 * x.log10();
    assert!((decibels(x) - expected).abs() <= TOLERANCE_DB, "{x:e}: {} against {expected}", decibels(x));
}

#[test]
fn every_power_of_two_and_its_neighbours_agree_with_the_standard_library() {
    for exponent in 0..2046_u64 {
        let power_of_two = f64::from_bits(exponent.max(1) << 52);
        for x in [power_of_two, power_of_two.next_down(), power_of_two.next_up(), power_of_two * 1.5] {
            check(x);
        }
    }
    check(f64::MAX);
}

#[test]
fn subnormals_agree_with_the_standard_library() {
    for shift in 0..52 {
        check(f64::from_bits(1 << shift));
        check(f64::from_bits((1 << shift) | 1));
    }
}

#[test]
fn a_fine_walk_over_four_octaves_agrees_with_the_standard_library() {
    for step in 0..400_000 {
        check(0.25 + f64::from(step) * 1e-5);
    }
}

#[test]
fn one_is_exactly_zero_decibels() {
    assert_eq!(decibels(1.0), 0.0);
}
