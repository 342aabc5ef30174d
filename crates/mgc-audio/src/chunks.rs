//! Consecutive windows of a long recording.

/// Cuts a recording into consecutive windows of `length` samples.
///
/// The last window may be shorter, but not under half of `length`: such a remainder is dropped.
/// A recording shorter than one window gives exactly one window, itself.
/// Short windows are padded by [`MelSpectrogram`](crate::MelSpectrogram) when its settings name a clip length.
/// No samples, or a `length` of zero, give no window.
///
/// ```
/// let lengths = |n| mgc_audio::windows(&vec![0.0; n], 100).map(<[f32]>::len).collect::<Vec<_>>();
/// assert_eq!(lengths(30), [30]);
/// assert_eq!(lengths(249), [100, 100]);
/// assert_eq!(lengths(250), [100, 100, 50]);
/// ```
pub fn windows(samples: &[f32], length: usize) -> impl Iterator<Item = &[f32]> {
    samples
        .chunks(length.max(1))
        .enumerate()
        .filter(move |(index, window)| *index == 0 || 2 * window.len() >= length)
        .map(|(_, window)| window)
        .take(if length == 0 { 0 } else { usize::MAX })
}
