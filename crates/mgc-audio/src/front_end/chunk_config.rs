//! The length of a chunk and the distance between chunks, in seconds.

use crate::{error::Result, spectral::check};

/// How recordings are cut into chunks. The default is 3 s at an overlap of half, 19 chunks of a 30 s clip.
///
/// ```
/// use mgc_audio::{ChunkConfig, FrontEnd, MelConfig};
///
/// let seconds = ChunkConfig { seconds: 1.0, hop_seconds: 1.0 };
/// let front_end = FrontEnd::chunked(&MelConfig::default(), &seconds)?;
/// assert_eq!(front_end.config().chunk_samples, Some(22_050));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ChunkConfig {
    /// Length of a chunk, s, above 0 and at most 3,600.
    pub seconds: f64,
    /// Time from the start of one chunk to that of the next, s, above 0 and at most 3,600.
    pub hop_seconds: f64,
}

impl Default for ChunkConfig {
    fn default() -> Self {
        Self { seconds: 3.0, hop_seconds: 1.5 }
    }
}

impl ChunkConfig {
    /// Length and hop as whole samples, at least 1 each.
    pub(super) fn samples(&self, sample_rate: u32) -> Result<(usize, usize)> {
        for (field, seconds) in [("seconds", self.seconds), ("hop_seconds", self.hop_seconds)] {
            check(seconds > 0.0 && seconds <= 3_600.0, field, seconds, "above 0 and at most 3,600 s")?;
        }
        let samples = |seconds: f64| ((seconds * f64::from(sample_rate)).round() as usize).max(1);
        Ok((samples(self.seconds), samples(self.hop_seconds)))
    }
}
