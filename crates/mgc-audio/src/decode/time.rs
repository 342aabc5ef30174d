//! Converts between frames and time.

use std::time::Duration;

/// Returns the whole frames of a time, as librosa counts them.
pub(crate) fn frames(time: Duration, sample_rate: u32) -> u64 {
    u64::try_from(time.as_nanos() * u128::from(sample_rate) / 1_000_000_000).unwrap_or(u64::MAX)
}

/// Returns the duration of frames; `None` if it does not fit.
pub(crate) fn seconds(frames: u64, sample_rate: u32) -> Option<Duration> {
    let nanos = u128::from(frames) * 1_000_000_000 / u128::from(sample_rate.max(1));
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}
