//! A decibel function that the compiler can vectorise.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, LN_10};

/// `10 log10(x)` of a positive, finite x, subnormal or not, within 1e-11 dB.
///
/// x is m 2^e with m from sqrt(1/2) to sqrt(2), and ln m = 2 artanh s = 2 (s + s^3 / 3 + s^5 / 5 + ...),
/// where s = (m - 1) / (m + 1) is at most 0.172: the first omitted term, s^15, contributes 2e-12 dB. The
/// standard library's logarithm is exact to the last place but is a function call per number; this has no
/// call, branch or table.
#[inline(always)]
pub(crate) fn decibels(x: f64) -> f64 {
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * TWO_POW_54, 54.0) } else { (x, 0.0) };
    let offset_bits = x.to_bits() + BIAS - LOWEST_MANTISSA;
    let m = f64::from_bits((offset_bits & MANTISSA_MASK) + LOWEST_MANTISSA);
    let e = small_integer(offset_bits >> 52) - 1023.0 - shift;
    let s = (m - 1.0) / (m + 1.0);
    let t = s * s;
    let series =
        1.0 + t * (THIRD + t * (FIFTH + t * (SEVENTH + t * (NINTH + t * (ELEVENTH + t * THIRTEENTH)))));
    DB_PER_NEPER * (e * LN_2 + 2.0 * s * series)
}

/// Converts `n` below 2^52 to a float by placing it in the mantissa of 2^52, whose last place counts ones.
/// (Few processors convert vectors of u64.)
#[inline(always)]
fn small_integer(n: u64) -> f64 {
    f64::from_bits(n | TWO_POW_52.to_bits()) - TWO_POW_52
}

const TWO_POW_52: f64 = (1_u64 << 52) as f64;
const TWO_POW_54: f64 = (1_u64 << 54) as f64;
const MANTISSA_MASK: u64 = (1 << 52) - 1;
const LOWEST_MANTISSA: u64 = FRAC_1_SQRT_2.to_bits();
/// Keeps the exponent of the smallest x positive.
const BIAS: u64 = 1.0_f64.to_bits();
const DB_PER_NEPER: f64 = 10.0 / LN_10;
const THIRD: f64 = 1.0 / 3.0;
const FIFTH: f64 = 1.0 / 5.0;
const SEVENTH: f64 = 1.0 / 7.0;
const NINTH: f64 = 1.0 / 9.0;
const ELEVENTH: f64 = 1.0 / 11.0;
const THIRTEENTH: f64 = 1.0 / 13.0;
