//! The order in which an epoch visits the examples.

use crate::rng::{Purpose, Stream};

/// The order in which epoch `epoch` (from 0) visits `len` examples: a permutation of `0..len`.
///
/// Fisher-Yates over a stream keyed by `seed` and `epoch`, so any epoch's order can be had without
/// those before it, and is the same on every platform.
///
/// ```
/// let mut order = mgc_train::epoch_order(1, 0, 100);
/// assert_ne!(order, mgc_train::epoch_order(1, 1, 100));
/// order.sort_unstable();
/// assert!(order.into_iter().eq(0..100));
/// ```
#[must_use]
pub fn epoch_order(seed: u64, epoch: usize, len: usize) -> Vec<usize> {
    let mut stream = Stream::new(seed, Purpose::Order, &epoch.to_string());
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        order.swap(last, stream.below(last + 1));
    }
    order
}
