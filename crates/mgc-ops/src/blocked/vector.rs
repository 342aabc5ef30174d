//! The operations of an instruction set that the kernels use: vectors of floats, and a multiply-add.

/// A register of floats.
#[allow(unsafe_code)]
pub(super) trait Vector: Copy {
    /// How many floats it holds.
    const WIDTH: usize;

    /// # Safety
    /// `from` is valid for reads of [`WIDTH`](Self::WIDTH) floats; the machine has the instructions.
    unsafe fn load(from: *const f32) -> Self;

    /// # Safety
    /// `to` is valid for writes of [`WIDTH`](Self::WIDTH) floats; the machine has the instructions.
    unsafe fn store(self, to: *mut f32);

    /// # Safety
    /// The machine has the instructions.
    unsafe fn splat(value: f32) -> Self;

    /// `self + a * b`
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
}

/// The portable twin of the others, for any machine and for miri.
impl Vector for [f32; 8] {
    const WIDTH: usize = 8;

    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise; an array of floats asks for no more than their own alignment.
        unsafe { from.cast::<Self>().read() }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { to.cast::<Self>().write(self) }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn splat(value: f32) -> Self {
        [value; 8]
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    unsafe fn add_product(self, a: Self, b: Self) -> Self {
        std::array::from_fn(|i| self[i] + a[i] * b[i])
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! register {
    ($T:ident of $width:literal: $load:ident, $store:ident, $splat:ident, $add_product:ident) => {
        #[allow(unsafe_code)]
        impl Vector for std::arch::x86_64::$T {
            const WIDTH: usize = $width;

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: the caller's promise; the unaligned form takes any address.
                unsafe { std::arch::x86_64::$load(from) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$store(to, self) }
            }

            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                // SAFETY: the caller's promise.
                unsafe { std::arch::x86_64::$splat(value) }
            }

            #[inline(always)]
            unsafe fn add_product(self, a: Self, b: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { std::arch::x86_64::$add_product(a, b, self) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
register!(__m256 of 8: _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_fmadd_ps);
#[cfg(target_arch = "x86_64")]
register!(__m512 of 16: _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_fmadd_ps);
