//! What is checked before anything is computed.

use crate::error::{Error, Result};

/// Values of the largest result, 4 GiB as f32: a recording of many hours, or settings by mistake.
const MAX_VALUES: usize = 1 << 30;

/// A setting that does not hold is refused by name.
pub(crate) fn check(
    holds: bool,
    field: &'static str,
    value: impl ToString + Copy,
    expected: impl Into<String>,
) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::Config { field, value: value.to_string(), expected: expected.into() })
}

/// Every sample must be finite. Asked block by block without a branch inside, which the compiler vectorises.
pub(crate) fn check_finite(samples: &[f32]) -> Result<()> {
    let finite = |block: &[f32]| block.iter().fold(true, |all, sample| all & sample.is_finite());
    if samples.chunks(1024).all(finite) {
        return Ok(());
    }
    samples
        .iter()
        .position(|sample| !sample.is_finite())
        .map_or(Ok(()), |index| Err(Error::NotFinite { index }))
}

/// There must be frames, and `frames` times `columns` values must fit into memory.
pub(crate) fn check_size(frames: usize, columns: usize) -> Result<()> {
    if frames == 0 {
        return Err(Error::NoSamples);
    }
    match frames.checked_mul(columns) {
        Some(values) if values <= MAX_VALUES => Ok(()),
        _ => Err(Error::TooLarge { frames, columns, max: MAX_VALUES }),
    }
}
