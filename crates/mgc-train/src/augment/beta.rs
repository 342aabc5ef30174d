//! Draws from the symmetric beta distribution.

use crate::augment::checks::check;
use crate::error::Result;
use crate::rng::Stream;

/// Checks a parameter of the distribution.
pub(super) fn check_alpha(name: &'static str, alpha: f64) -> Result<()> {
    check((0.01..=4.0).contains(&alpha), name, alpha, "a number from 0.01 to 4")
}

/// Draws from Beta(alpha, alpha), a number from 0 to 1.
///
/// By rejection (M. D. Jöhnk: Erzeugung von betaverteilten und gammaverteilten Zufallszahlen, Metrika 8,
/// 1964): with U and V uniform, X = U^(1/alpha) and Y = V^(1/alpha), X / (X + Y) given X + Y <= 1. Below
/// alpha = 1 most pairs are kept, at 4 one of 70. The powers are kept as logarithms: with a small alpha both
/// would become 0.
pub(super) fn symmetric_beta(stream: &mut Stream, alpha: f64) -> f64 {
    loop {
        let (x, y) = (ln_positive(stream) / alpha, ln_positive(stream) / alpha);
        if x.exp() + y.exp() <= 1.0 {
            return 1.0 / (1.0 + (y - x).exp());
        }
    }
}

/// Draws the logarithm of a number uniform in (0, 1].
fn ln_positive(stream: &mut Stream) -> f64 {
    (1.0 - stream.uniform()).ln()
}
