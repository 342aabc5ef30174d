//! Colours of a map over a spectrogram: greys for the music, orange for what speaks for a genre, blue for
//! what speaks against it.

use plotters::style::RGBColor;

const FOR: RGBColor = RGBColor(222, 110, 30);
const AGAINST: RGBColor = RGBColor(38, 98, 178);
/// Greys of the quietest and the loudest value.
const PAPER: f64 = 250.0;
const LOUD: f64 = 105.0;
/// The largest share of the colour: the music stays visible.
const COVER: f64 = 0.85;

/// The colour of a cell: `level` of the music from 0 to 1, `value` of the map from -1 to 1.
pub(super) fn relief(level: f64, value: f64) -> RGBColor {
    let grey = PAPER + level.clamp(0.0, 1.0) * (LOUD - PAPER);
    let RGBColor(red, green, blue) = if value < 0.0 { AGAINST } else { FOR };
    let cover = COVER * value.abs().min(1.0);
    let mix = |colour: u8| (grey + cover * (f64::from(colour) - grey)).round() as u8;
    RGBColor(mix(red), mix(green), mix(blue))
}
