//! Checks before a computation.

use crate::error::{Error, Result};

/// Values of the largest result, 4 GiB as f32. More comes from a recording of many hours, or from wrong
/// settings.
const MAX_VALUES: usize = 1 << 30;

/// Refuses a setting that is out of range, by the name of its field.
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

/// Refuses a sample that is not finite. Blocks are checked without a branch, which the compiler vectorises.
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

/// Refuses a result without frames, or with more values than fit into memory.
pub(crate) fn check_size(frames: usize, columns: usize) -> Result<()> {
    if frames == 0 {
        return Err(Error::NoSamples);
    }
    match frames.checked_mul(columns) {
        Some(values) if values <= MAX_VALUES => Ok(()),
        _ => Err(Error::TooLarge { frames, columns, max: MAX_VALUES }),
    }
}
