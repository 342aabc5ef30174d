//! The exponential of negative numbers in straight-line arithmetic, which compilers vectorise; a library call
//! per element takes several times as long.
//!
//! With `z = n ln 2 + r`, `n` whole and `|r|` at most half of `ln 2`, `exp(z)` is `2^n (1 + p)` for the
//! Taylor sum `p` of `exp(r) - 1`. The truncation error is below half a unit in the last place.

/// `1 / k!` for the powers `k` from 2 on.
const fn inverse_factorials<const N: usize>() -> [f64; N] {
    let (mut out, mut value, mut k) = ([0.0; N], 1.0, 0);
    while k < N {
        value /= (k + 2) as f64;
        out[k] = value;
        k += 1;
    }
    out
}

/// Defines a function from `z` up to 0 to `(2^n, p)`. Below `$lowest`, where `exp(z)` would become subnormal,
/// the result is that at `$lowest`; a NaN stays a NaN.
macro_rules! exp_parts {
    ($name:ident: $T:ident, $terms:literal, $lowest:literal, $ln2:expr) => {
        #[inline(always)] // into loops compiled for wider vectors
        pub(crate) fn $name(z: $T) -> ($T, $T) {
            const COEFFICIENTS: [f64; $terms] = inverse_factorials();
            /// Adding it rounds to a whole number and leaves that number in the lowest bits.
            const ROUND: $T = 1.5 / $T::EPSILON;
            let z = if z < $lowest { $lowest } else { z };
            let rounded = z * std::$T::consts::LOG2_E + ROUND;
            let (n, exponent) = (rounded - ROUND, ($T::MAX_EXP - 1) as _);
            let power = $T::from_bits(rounded.to_bits().wrapping_add(exponent) << ($T::MANTISSA_DIGITS - 1));
            let r = z - n * $ln2[0] - n * $ln2[1]; // the first part has few digits, so that its product is exact
            let sum = COEFFICIENTS.iter().rev().fold(0.0, |sum, c| sum * r + *c as $T);
            (power, r + r * r * sum)
        }
    };
}

exp_parts!(parts_f32: f32, 6, -87.0, [355.0 / 512.0, -2.121_944_4e-4]);
exp_parts!(parts_f64: f64, 12, -708.0, [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10]);

#[cfg(test)]
mod tests {
    use crate::scalar::real::Real;
    use proptest::prelude::*;

    /// Rounding errors of the parts and of their sum, in units in the last place.
    const ROUNDINGS: f64 = 4.0;

    fn close(actual: f64, expected: f64, epsilon: f64) -> bool {
        (actual - expected).abs() <= ROUNDINGS * epsilon * expected.abs()
    }

    fn check(z: f64) {
        assert!(close(z.exp_below(), z.exp(), f64::EPSILON), "exp({z:e})");
        assert!(close(z.exp_m1_below(), z.exp_m1(), f64::EPSILON), "exp_m1({z:e})");
        let (z, epsilon) = (z.max(-80.0) as f32, f64::from(f32::EPSILON));
        let wide = f64::from(z);
        assert!(close(z.exp_below().into(), wide.exp(), epsilon), "exp({z:e}), single");
        assert!(close(z.exp_m1_below().into(), wide.exp_m1(), epsilon), "exp_m1({z:e}), single");
    }

    proptest! {
        #[test]
        fn every_value_is_that_of_the_library_to_a_few_roundings(
            wide in -700f64..0.0, near in -2f64..0.0, digits in 0i32..30,
        ) {
            check(wide);
            check(near);
            check(near * 10f64.powi(-digits));
        }
    }

    #[test]
    fn the_ends_are_those_of_the_exponential() {
        assert_eq!((0f64.exp_below(), 0f64.exp_m1_below()), (1.0, 0.0));
        for z in [-1e4, f64::NEG_INFINITY] {
            assert!((0.0..1e-300).contains(&z.exp_below()) && z.exp_m1_below() == -1.0);
            let z = z as f32;
            assert!((0.0..1e-37).contains(&z.exp_below()) && z.exp_m1_below() == -1.0);
        }
        assert!(f64::NAN.exp_below().is_nan() && f32::NAN.exp_m1_below().is_nan());
    }
}
