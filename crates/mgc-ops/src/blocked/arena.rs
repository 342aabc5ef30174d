//! Buffers that outlive the pass that filled them: fresh memory costs a page fault every 4 KiB, a tenth of a training step.

use super::{Cell, LANES};
use crate::kernels::allocator::prefer_huge_pages;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Free buffers. Those of another length than the one asked for are freed, so that at most one size of map is kept.
struct Arena<T> {
    free: Mutex<Vec<Vec<T>>>,
}

impl<T: Copy> Arena<T> {
    const fn new() -> Self {
        Self { free: Mutex::new(Vec::new()) }
    }

    /// A buffer with whatever its last user left in it.
    fn take(&self, len: usize, blank: T) -> Vec<T> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let others: Vec<_> = free.extract_if(.., |buffer| buffer.len() != len).collect();
        let used = free.pop();
        drop(free);
        drop(others); // not under the lock
        used.unwrap_or_else(|| {
            let mut buffer = Vec::with_capacity(len);
            prefer_huge_pages(&mut buffer);
            buffer.resize(len, blank);
            buffer
        })
    }

    fn give(&self, buffer: Vec<T>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

macro_rules! buffer {
    ($(#[$doc:meta])* $name:ident of $T:ty = $blank:expr, $arena:ident) => {
        static $arena: Arena<$T> = Arena::new();

        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(Vec<$T>);

        impl $name {
            /// To be overwritten: what it holds is not defined.
            pub(crate) fn unset(len: usize) -> Self {
                Self($arena.take(len, $blank))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                $arena.give(std::mem::take(&mut self.0));
            }
        }

        impl Deref for $name {
            type Target = [$T];

            fn deref(&self) -> &[$T] {
                &self.0
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut [$T] {
                &mut self.0
            }
        }
    };
}

buffer! {
    /// A map of 32 channels.
    Slab of Cell = Cell::ZERO, CELLS
}

buffer! {
    /// For each place of a slab's pooled map, which place of the window holds the maximum.
    Codes of [u8; LANES] = [0; LANES], CODES
}
