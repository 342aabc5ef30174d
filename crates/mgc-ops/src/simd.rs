//! Loops compiled for the widest vectors of the machine they run on.

/// Defines a function whose body is compiled twice on x86-64, once with AVX2, and picks at run time.
///
/// The arithmetic is the same in both: vectors are wider, no operation is fused or reordered, so the results
/// agree to the bit.
macro_rules! widest {
    ($(#[$doc:meta])* fn $name:ident<T: Real>($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name<T: Real>($($arg: $ty),*) $(-> $out)? {
            #[inline(always)]
            fn body<T: Real>($($arg: $ty),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2<T: Real>($($arg: $ty),*) $(-> $out)? {
                    body($($arg),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") {
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
