//! Settings of the allocator for programs that train.

/// Asks glibc to keep freed memory for later allocations instead of returning it to the system.
///
/// A training step frees and allocates hundreds of megabytes. By default glibc unmaps every large buffer and
/// maps it anew, page by page, and interrupts all threads each time. Call this once at the start of a program
/// that trains; the process then keeps its peak memory. Without glibc it does nothing.
///
/// ```
/// mgc_ops::keep_freed_memory();
/// ```
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const M_TRIM_THRESHOLD: i32 = -1;
        const M_MMAP_MAX: i32 = -4;
        #[allow(unsafe_code)]
        unsafe extern "C" {
            fn mallopt(parameter: i32, value: i32) -> i32;
        }
        // SAFETY: `mallopt` of glibc has this signature, takes any values (it refuses unknown ones by its
        // result), touches no memory of ours, and may be called at any time: before other threads run, as its
        // documentation here asks, and later under the allocator's lock.
        #[allow(unsafe_code)]
        unsafe {
            mallopt(M_MMAP_MAX, 0);
            mallopt(M_TRIM_THRESHOLD, i32::MAX);
        }
    }
}

/// Asks Linux to back this memory with pages of 2 MiB: fewer page faults on first use, fewer TLB misses
/// later. Elsewhere it does nothing.
pub(crate) fn prefer_huge_pages<T>(memory: &mut Vec<T>) {
    #[cfg(all(target_os = "linux", not(miri)))]
    {
        const PAGE: usize = 4_096;
        const MADV_HUGEPAGE: i32 = 14;
        #[allow(unsafe_code)]
        unsafe extern "C" {
            fn madvise(start: *mut u8, length: usize, advice: i32) -> i32;
        }
        let start = memory.as_mut_ptr().cast::<u8>();
        let skipped = start.align_offset(PAGE);
        let length = (memory.capacity() * size_of::<T>()).saturating_sub(skipped) / PAGE * PAGE;
        if length > 0 {
            // SAFETY: `madvise` has this signature; whole pages of memory that the vector owns; the advice
            // changes how they are mapped and nothing that they hold.
            #[allow(unsafe_code)]
            unsafe {
                madvise(start.wrapping_add(skipped), length, MADV_HUGEPAGE);
            }
        }
    }
    #[cfg(not(all(target_os = "linux", not(miri))))]
    let _ = memory;
}
