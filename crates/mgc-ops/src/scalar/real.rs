//! The element types that every operation computes in.

use candle::WithDType;

/// `f32` or `f64`: what every operation of this crate computes in.
pub(crate) trait Real: WithDType {
    /// The value that is not a number.
    fn not_a_number() -> Self {
        Self::from_f64(f64::NAN)
    }

    /// e to this power.
    fn exp(self) -> Self;

    /// `2^n` and `p` such that e to this power, up to 0, is `2^n (1 + p)`; see [`exp`](crate::scalar::exp).
    fn exp_parts(self) -> (Self, Self);

    /// e to this power, up to 0, in a form that vectorises.
    #[inline(always)]
    fn exp_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + power
    }

    /// [`exp_below`](Self::exp_below) less 1, with all its digits near 0.
    #[inline(always)]
    fn exp_m1_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + (power - Self::one())
    }

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// `self * factor + term`, rounded once.
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
