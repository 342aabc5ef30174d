//! The memory of channel-blocked maps, which outlives the pass that filled it.

use super::arena::Arena;
use super::{BLOCK_CHANNELS, Pixel};
use std::ops::{Deref, DerefMut};
use std::thread::{ThreadId, current};

/// Frees the buffers that the fast path of [`broadcast_trunk`](crate::broadcast_trunk) and
/// [`InferenceTrunk`](crate::InferenceTrunk) keeps for its next pass.
///
/// Each thread that runs the fast path keeps the buffers of one size of map until it asks for another size or
/// ends: about 1.2 GB after a training step of four blocks on 8 spectrograms of 647 x 128. Call this where
/// the memory is wanted for something else, for example after the last epoch. The next pass allocates anew;
/// nothing else changes. Buffers in use are freed when the pass that uses them ends.
///
/// ```
/// mgc_ops::release_buffers();
/// ```
pub fn release_buffers() {
    PIXELS.release();
    CODES.release();
}

/// A thread that took buffers; when it ends, what it kept is freed.
struct User(ThreadId);

thread_local! {
    static USER: User = User(current().id());
}

impl Drop for User {
    fn drop(&mut self) {
        PIXELS.forget(self.0);
        CODES.forget(self.0);
    }
}

macro_rules! buffer {
    ($(#[$doc:meta])* $name:ident of $T:ty = $blank:expr, $arena:ident) => {
        static $arena: Arena<$T> = Arena::new();

        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(Vec<$T>);

        impl $name {
            /// Returns a buffer to be overwritten: its content is unspecified.
            pub(crate) fn unset(len: usize) -> Self {
                Self($arena.take(USER.with(|user| user.0), len, $blank))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                $arena.put(std::mem::take(&mut self.0));
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
    /// A map of 32 channels: N x H x W pixels.
    BlockedMap of Pixel = Pixel::ZERO, PIXELS
}

buffer! {
    /// For each value of a pooled map, the place in its window that holds the maximum.
    Codes of [u8; BLOCK_CHANNELS] = [0; BLOCK_CHANNELS], CODES
}
