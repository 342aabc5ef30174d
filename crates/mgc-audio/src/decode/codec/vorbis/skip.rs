//! The parts of a setup header in which channels do not occur: code books and floors.

use super::bits::{Bits, width};

/// The word at the start of each code book.
const CODEBOOK: u32 = 0x56_4342;

/// Skips a code book and returns its dimensions.
pub(super) fn codebook(bits: &mut Bits<'_>) -> Option<u32> {
    (bits.take(24)? == CODEBOOK).then_some(())?;
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    if bits.flag()? {
        ordered_lengths(bits, entries)?;
    } else if bits.flag()? {
        for _ in 0..entries {
            let used = bits.flag()?;
            bits.skip(if used { 5 } else { 0 })?;
        }
    } else {
        bits.skip(5 * u64::from(entries))?;
    }
    let values = match bits.take(4)? {
        0 => return Some(dimensions),
        1 => lattice_values(entries, dimensions)?,
        2 => u64::from(entries) * u64::from(dimensions),
        _ => return None,
    };
    bits.skip(64)?;
    let value_bits = bits.count(4)?;
    bits.skip(1 + values * u64::from(value_bits))?;
    Some(dimensions)
}

fn ordered_lengths(bits: &mut Bits<'_>, entries: u32) -> Option<()> {
    bits.skip(5)?;
    let mut left = entries;
    while left > 0 {
        left = left.checked_sub(bits.take(width(left))?)?;
    }
    Some(())
}

/// Returns the largest number whose power of `dimensions` is at most `entries`.
fn lattice_values(entries: u32, dimensions: u32) -> Option<u64> {
    (dimensions > 0).then_some(())?;
    let fits = |root: &u64| root.saturating_pow(dimensions) <= entries.into();
    // The root as a float is off by less than one.
    let near = f64::from(entries).powf(1.0 / f64::from(dimensions)).round() as u64;
    [near + 1, near, near.saturating_sub(1)].into_iter().find(fits)
}

/// Skips a floor.
pub(super) fn floor(bits: &mut Bits<'_>) -> Option<()> {
    match bits.take(16)? {
        0 => {
            bits.skip(8 + 16 + 16 + 6 + 8)?;
            let books = bits.count(4)?;
            bits.skip(8 * u64::from(books))
        }
        1 => floor_1(bits),
        _ => None,
    }
}

fn floor_1(bits: &mut Bits<'_>) -> Option<()> {
    let partitions = (0..bits.take(5)?).map(|_| bits.take(4)).collect::<Option<Vec<_>>>()?;
    let classes = partitions.iter().max().map_or(0, |class| class + 1);
    let mut points_of_class = Vec::new();
    for _ in 0..classes {
        points_of_class.push(bits.count(3)?);
        let subclasses = bits.take(2)?;
        let books = u64::from(subclasses > 0) + (1 << subclasses);
        bits.skip(8 * books)?;
    }
    bits.skip(2)?;
    let point_bits = bits.take(4)?;
    let points: u32 = partitions.iter().filter_map(|class| points_of_class.get(*class as usize)).sum();
    bits.skip(u64::from(point_bits * points))
}
