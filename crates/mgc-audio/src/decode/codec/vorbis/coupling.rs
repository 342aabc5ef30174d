//! The order of the coupling steps.
//!
//! A step keeps a channel as its difference from another. A decoder marks the channels that a packet holds
//! from the first step to the last, and undoes the steps from the last to the first (Vorbis I, 4.3.3 and
//! 4.3.5). symphonia undoes them from the first on, which gives other samples where steps share a channel, as
//! in 5.1. It gets their list backwards. Where that would mark other channels, the stream is refused.

use symphonia::core::errors::{Error, Result};

use super::{
    bits::{read, write},
    setup::{INTERLEAVED, Mapping, Setup},
};

/// Reverses the steps of each mapping in which two share a channel.
pub(super) fn mend(packet: &mut [u8], setup: &Setup) -> Result<()> {
    for mapping in &setup.mappings {
        let shared = sharing(&mapping.steps);
        if !shared.iter().all(|channels| are_read_together(setup, mapping, channels)) {
            return Err(Error::Unsupported("Vorbis with channels coupled in this way"));
        }
        if !shared.is_empty() {
            reverse(packet, mapping);
        }
    }
    Ok(())
}

/// Returns the channels of every two steps that have one in common.
fn sharing(steps: &[[u32; 2]]) -> Vec<[u32; 4]> {
    let pairs = steps.iter().enumerate().flat_map(|(i, a)| steps[i + 1..].iter().map(move |b| (a, b)));
    let shared = pairs.filter(|(a, b)| a.iter().any(|channel| b.contains(channel)));
    shared.map(|(a, b)| [a[0], a[1], b[0], b[1]]).collect()
}

/// Whether a packet holds all of these channels or none, so that marking them in any order is the same.
fn are_read_together(setup: &Setup, mapping: &Mapping, channels: &[u32]) -> bool {
    let mut submaps = channels.iter().map(|channel| mapping.submap(*channel));
    let Some(first) = submaps.next().flatten() else { return false };
    setup.residue(mapping, first).is_some_and(|residue| residue.kind == INTERLEAVED)
        && submaps.all(|submap| submap == Some(first))
}

/// Writes the steps in the opposite order.
fn reverse(packet: &mut [u8], mapping: &Mapping) {
    let width = 2 * mapping.channel_bits;
    let place = |index: usize| mapping.steps_at + index * width;
    let backwards = (0..mapping.steps.len()).rev().map(|index| read(packet, place(index), width));
    let steps: Option<Vec<u32>> = backwards.collect();
    for (index, step) in steps.into_iter().flatten().enumerate() {
        write(packet, place(index), width, step);
    }
}
