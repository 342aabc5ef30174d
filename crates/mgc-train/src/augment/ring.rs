//! Partners within a batch.

use crate::augment::draw::Draw;

/// Returns the places of the examples of a batch in the order of a ring: the partner of each is the next, that
/// of the last is the first.
///
/// Every example draws a number, and the ring is in the order of these numbers. So it depends on which
/// examples are in the batch, not on their order. Each example is the partner of one; alone it is its own.
pub(super) fn ring(draws: &[Draw], augmentation: &str) -> Vec<usize> {
    let name = format!("{augmentation}/ring");
    let numbers: Vec<u64> = draws.iter().map(|draw| draw.stream(&name).bits()).collect();
    let mut ring: Vec<usize> = (0..draws.len()).collect();
    ring.sort_by_key(|&place| numbers[place]);
    ring
}
