//! Gains that differ between bands and stay the same over time.

/// Adds a gain per band, dB, to every frame.
pub(super) fn add_curve(values: &mut [f32], curve: &[f32]) {
    for frame in values.chunks_exact_mut(curve.len()) {
        for (value, gain) in frame.iter_mut().zip(curve) {
            *value += gain;
        }
    }
}
