//! Text that fits into its place.

use super::canvas::FONT;
use plotters::prelude::*;

/// Shortens `text` with an ellipsis until it is at most `width` pixels wide at this size; replaces control
/// characters.
pub(super) fn fitted(text: &str, size: i32, width: u32) -> String {
    let mut characters: Vec<char> =
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    let mut fitted: String = characters.iter().collect();
    while pixels(&fitted, size) > width && !characters.is_empty() {
        characters.pop();
        fitted = characters.iter().chain(&['…']).collect();
    }
    fitted
}

/// The width of a line of text.
pub(super) fn pixels(text: &str, size: i32) -> u32 {
    (FONT, size).into_font().box_size(text).map_or(0, |(width, _)| width)
}
