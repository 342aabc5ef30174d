//! Where the chunks of a recording begin and which of them are kept.

/// Cuts a recording into chunks of `length` samples that begin `hop` samples apart.
///
/// Chunk `k` begins at sample `k * hop`. One that reaches past the end of the recording is shorter than
/// `length`. It is kept if it is the first, or if at least half of `length` is music that the chunk before
/// does not cover; otherwise it is dropped. So chunks without overlap keep a remainder of half a chunk or
/// more, and chunks that overlap by half keep whole chunks only. No samples, or a `length` or `hop` of zero,
/// give no chunk.
///
/// [`FrontEnd`](crate::FrontEnd) cuts by the same rule, without the whole recording in memory, and
/// [`MelSpectrogram`](crate::MelSpectrogram) pads short chunks where its settings name a length.
///
/// ```
/// use mgc_audio::chunks;
///
/// let lengths = |n, hop| chunks(&vec![0.0; n], 100, hop).map(<[f32]>::len).collect::<Vec<_>>();
/// assert_eq!(lengths(30, 100), [30]);
/// assert_eq!(lengths(249, 100), [100, 100]);
/// assert_eq!(lengths(250, 100), [100, 100, 50]);
/// assert_eq!(lengths(249, 50), [100, 100, 100]);
/// ```
pub fn chunks(samples: &[f32], length: usize, hop: usize) -> impl Iterator<Item = &[f32]> {
    (0..count(samples.len(), length, hop)).map(move |chunk| {
        let start = chunk * hop;
        &samples[start..samples.len().min(start.saturating_add(length))]
    })
}

/// Counts the chunks of a recording of so many samples.
pub(crate) fn count(samples: usize, length: usize, hop: usize) -> usize {
    if samples == 0 || length == 0 || hop == 0 {
        return 0;
    }
    let Some(after_first) = samples.checked_sub(length) else { return 1 };
    let whole = after_first / hop + 1;
    let remainder = samples.saturating_sub(whole.saturating_mul(hop));
    whole + usize::from(keeps_remainder(remainder, length, hop))
}

/// Whether a chunk is kept of which the recording holds only `remainder` samples: if half a chunk of them are
/// not part of the chunk before.
pub(crate) fn keeps_remainder(remainder: usize, length: usize, hop: usize) -> bool {
    let shared = length.saturating_sub(hop);
    remainder.saturating_sub(shared) >= length.div_ceil(2)
}
