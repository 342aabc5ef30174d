//! Numbers in a Vorbis header: bits that begin at the lowest of each byte.

/// Reads a number of up to 32 bits; `None` behind the end.
pub(super) fn read(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    (at + count <= 8 * bytes.len()).then_some(())?;
    let bit = |index: usize| u32::from(bytes[index / 8] >> (index % 8) & 1);
    Some((0..count).fold(0, |value, index| value | bit(at + index) << index))
}

/// Writes a number of bits that [`read`] could read there.
pub(super) fn write(bytes: &mut [u8], at: usize, count: usize, value: u32) {
    for index in 0..count {
        let Some(byte) = bytes.get_mut((at + index) / 8) else { return };
        let mask = 1 << ((at + index) % 8);
        *byte = if value >> index & 1 == 1 { *byte | mask } else { *byte & !mask };
    }
}

/// Reads one number after the other.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Bits read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn take(&mut self, count: usize) -> Option<u32> {
        let value = read(self.bytes, self.at, count)?;
        self.at += count;
        Some(value)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// Reads a count that is stored less one.
    pub(super) fn count(&mut self, bits: usize) -> Option<u32> {
        self.take(bits).map(|value| value + 1)
    }

    pub(super) fn skip(&mut self, count: u64) -> Option<()> {
        let end = self.at.checked_add(usize::try_from(count).ok()?)?;
        (end <= 8 * self.bytes.len()).then_some(())?;
        self.at = end;
        Some(())
    }
}

/// Returns the bits that a number needs (`ilog` of the specification).
pub(super) fn width(value: u32) -> usize {
    (u32::BITS - value.leading_zeros()) as usize
}
