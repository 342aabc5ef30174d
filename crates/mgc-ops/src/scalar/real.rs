//! The element types of all operations.

use candle::WithDType;

/// `f32` or `f64`, the types in which every operation of this crate computes.
pub(crate) trait Real: WithDType {
    /// Returns a NaN.
    fn not_a_number() -> Self {
        Self::from_f64(f64::NAN)
    }

    /// Returns e to this power.
    fn exp(self) -> Self;

    /// Returns `2^n` and `p` such that e to this power, up to 0, is `2^n (1 + p)`; see
    /// [`exp`](crate::scalar::exp).
    fn exp_parts(self) -> (Self, Self);

    /// Returns e to this power, up to 0, in a form that vectorises.
    #[inline(always)]
    fn exp_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + power
    }

    /// Returns [`exp_below`](Self::exp_below) minus 1, accurate near 0.
    #[inline(always)]
    fn exp_m1_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + (power - Self::one())
    }

    /// Returns the hyperbolic tangent.
    fn tanh(self) -> Self;

    /// Returns `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
}

macro_rules! real {
    ($($T:ident: $parts:ident),*) => {$(
        impl Real for $T {
            fn exp(self) -> Self {
                self.exp()
            }

            #[inline(always)]
            fn exp_parts(self) -> (Self, Self) {
                crate::scalar::exp::$parts(self)
            }

            fn tanh(self) -> Self {
                self.tanh()
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                self.mul_add(factor, term)
            }
        }
    )*};
}
real!(f32: parts_f32, f64: parts_f64);
