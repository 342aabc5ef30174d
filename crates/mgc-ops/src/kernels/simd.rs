//! Code compiled for several vector widths, chosen at run time.

use std::sync::OnceLock;

/// The instruction sets for which loops and kernels are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Any machine.
    Plain,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, BW, DQ and VL, as well as AVX2 and FMA.
    Avx512,
}

/// Limits this process to `plain`, `avx2` or `avx512`, for measurements and tests.
const VARIABLE: &str = "MGC_OPS_SIMD";

impl Level {
    /// Returns the level of this process: the highest of the machine, unless the environment asks for less.
    #[inline]
    pub(crate) fn current() -> Self {
        static LEVEL: OnceLock<Level> = OnceLock::new();
        *LEVEL.get_or_init(|| Self::asked().unwrap_or(Self::Avx512).min(Self::highest()))
    }

    fn asked() -> Option<Self> {
        match std::env::var(VARIABLE).ok()?.as_str() {
            "plain" => Some(Self::Plain),
            "avx2" => Some(Self::Avx2),
            _ => None,
        }
    }

    /// Returns all levels of the machine.
    #[cfg(test)]
    pub(crate) fn present() -> impl Iterator<Item = Self> {
        [Self::Plain, Self::Avx2, Self::Avx512].into_iter().filter(|level| *level <= Self::highest())
    }

    /// Returns the highest level of the machine.
    pub(crate) fn highest() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected;
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                let wide = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl");
                return if wide { Self::Avx512 } else { Self::Avx2 };
            }
        }
        Self::Plain
    }
}

/// Defines a function whose body is compiled on x86-64 once for each [`Level`], and chosen at run time.
///
/// The arithmetic is the same in all: vectors are wider, but no operation is fused or reordered, so the
/// results agree to the bit.
macro_rules! widest {
    ($(#[$doc:meta])* fn $name:ident $(<$T:ident: $bound:ident>)? ($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name $(<$T: $bound>)? ($($arg: $ty),*) $(-> $out)? {
            #[inline(always)]
            fn body $(<$T: $bound>)? ($($arg: $ty),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                use $crate::kernels::simd::Level;

                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512 $(<$T: $bound>)? ($($arg: $ty),*) $(-> $out)? {
                    body($($arg),*)
                }

                #[target_feature(enable = "avx2")]
                fn avx2 $(<$T: $bound>)? ($($arg: $ty),*) $(-> $out)? {
                    body($($arg),*)
                }

                match Level::current() {
                    // SAFETY: the machine has the features of its level, which are all that the function asks
                    // for.
                    #[allow(unsafe_code)]
                    Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    #[allow(unsafe_code)]
                    Level::Avx2 => return unsafe { avx2($($arg),*) },
                    Level::Plain => {}
                }
            }
            body($($arg),*)
        }
    };
}
pub(crate) use widest;

#[cfg(test)]
mod tests {
    use crate::activation::Activation;
    use crate::kernels::affine::Affine;
    use crate::kernels::planes::sums;
    use crate::kernels::rows;
    use crate::scalar::real::Real;

    fn values<T: Real>(len: usize, seed: usize) -> Vec<T> {
        (0..len).map(|i| T::from_f64(((i * i + seed) % 1009) as f64 / 504.5 - 1.0)).collect()
    }

    fn check<T: Real>() {
        for len in [0, 1, 15, 16, 17, 255, 256, 257, 1000] {
            let (x, dy) = (values::<T>(len, 3), values::<T>(len, 71));
            let affine = Affine { mean: T::from_f64(0.1), scale: T::from_f64(-1.3), bias: T::from_f64(0.2) };
            for act in [Activation::Identity, Activation::Relu, Activation::Selu] {
                let plain: Vec<T> = x.iter().map(|x| act.apply(affine.at(*x))).collect();
                let mut wide = vec![T::zero(); len];
                rows::normalise(&affine, act, &x, &mut wide);
                assert!(plain == wide, "{act:?}, {len} elements");

                let dz: Vec<T> = x.iter().zip(&dy).map(|(x, dy)| act.backward(affine.at(*x), *dy)).collect();
                let plain = sums(len, |i| [dz[i], dz[i] * (x[i] - affine.mean)]);
                let mut wide = dy.clone();
                let found = rows::deactivate(&affine, act, &x, &mut wide);
                assert!(dz == wide && plain == [found.dz, found.dzx], "{act:?}, {len} elements, gradient");
            }
        }
    }

    /// The test itself is compiled for the baseline of the target.
    #[test]
    fn wide_vectors_give_the_bits_of_narrow_ones() {
        check::<f32>();
        check::<f64>();
    }
}
