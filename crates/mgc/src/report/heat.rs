//! Colours for values from 0 to 1: dark violet over red to pale yellow, rising evenly in lightness.

use plotters::style::RGBColor;

const STOPS: [(u8, u8, u8); 7] = [
    (5, 4, 22),
    (52, 16, 104),
    (116, 32, 128),
    (184, 52, 116),
    (238, 92, 92),
    (254, 164, 112),
    (252, 250, 190),
];

/// The colour of a value; those outside 0 to 1 count as the nearer end.
pub(super) fn heat(value: f64) -> RGBColor {
    let place = value.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place as usize).min(STOPS.len() - 2);
    let part = place - below as f64;
    let (low, high) = (STOPS[below], STOPS[below + 1]);
    let mix = |low: u8, high: u8| (f64::from(low) + part * (f64::from(high) - f64::from(low))).round() as u8;
    RGBColor(mix(low.0, high.0), mix(low.1, high.1), mix(low.2, high.2))
}
