//! Loops compiled for the widest vectors of the machine they run on.

/// Defines a function whose body is compiled three times on x86-64, plainly, with AVX2 and with AVX-512, and picks at
/// run time.
///
/// The arithmetic is the same in all: vectors are wider, no operation is fused or reordered, so the results
/// agree to the bit.
macro_rules! widest {
    ($(#[$doc:meta])* fn $name:ident<T: Real>($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name<T: Real>($($arg: $ty),*) $(-> $out)? {
            #[inline(always)]
            fn body<T: Real>($($arg: $ty),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                use std::arch::is_x86_feature_detected;

                #[target_feature(enable = "avx512f,avx512dq")]
                fn avx512<T: Real>($($arg: $ty),*) $(-> $out)? {
                    body($($arg),*)
                }

                #[target_feature(enable = "avx2")]
                fn avx2<T: Real>($($arg: $ty),*) $(-> $out)? {
                    body($($arg),*)
                }

                if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                    // SAFETY: the machine has just been found to have both features, all that `avx512` asks for.
                    #[allow(unsafe_code)]
                    return unsafe { avx512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the machine has just been found to have AVX2, the only thing `avx2` asks for.
                    #[allow(unsafe_code)]
                    return unsafe { avx2($($arg),*) };
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
    use crate::affine::Affine;
    use crate::planes::sums;
    use crate::real::Real;
    use crate::rows;

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
                assert!(plain == wide, "{act:?}, {len} cells");

                let dz: Vec<T> = x.iter().zip(&dy).map(|(x, dy)| act.backward(affine.at(*x), *dy)).collect();
                let plain = sums(len, |i| [dz[i], dz[i] * (x[i] - affine.mean)]);
                let mut wide = dy.clone();
                let found = rows::deactivate(&affine, act, &x, &mut wide);
                assert!(dz == wide && plain == [found.dz, found.dzx], "{act:?}, {len} cells, gradient");
            }
        }
    }

    /// The test itself is compiled for the plainest machine.
    #[test]
    fn wide_vectors_give_the_bits_of_narrow_ones() {
        check::<f32>();
        check::<f64>();
    }
}
