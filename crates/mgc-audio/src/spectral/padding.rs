//! How a recording is continued beyond its ends.

/// How a recording is continued beyond its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PadMode {
    /// Zeros; librosa's default since 0.10.
    #[default]
    Constant,
    /// The recording mirrored at its first and last sample; librosa's default before 0.10.
    Reflect,
}

impl PadMode {
    /// Returns the sample at `index`, which may be beyond either end.
    pub(crate) fn at(self, samples: &[f32], index: i64) -> f32 {
        let index = match self {
            Self::Constant => usize::try_from(index).ok(),
            Self::Reflect => Some(mirrored(index, samples.len())),
        };
        index.and_then(|i| samples.get(i)).copied().unwrap_or(0.0)
    }
}

/// Maps `index` into `0..len` by mirroring at the first and the last sample.
fn mirrored(index: i64, len: usize) -> usize {
    let last = len.saturating_sub(1) as i64;
    if last == 0 {
        return 0;
    }
    let folded = index.rem_euclid(2 * last);
    folded.min(2 * last - folded) as usize
}
