//! The order in which an epoch visits the examples.

use crate::rng::{Purpose, Stream};

/// Returns the order in which epoch `epoch` (from 0) visits `len` examples: a permutation of `0..len`.
///
/// It is a Fisher-Yates shuffle with random numbers that depend on `seed` and `epoch` alone. The order of an
/// epoch does not depend on the epochs before it, and is the same on every platform.
///
/// # Examples
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
