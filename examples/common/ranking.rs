//! A classification as a small chart.

use mgc::Classification;
use std::fmt::Write;

/// Genres that are shown at most, and the least probable one.
const MOST: usize = 5;
const LEAST: f64 = 0.005;
/// Characters of a certain genre's bar.
const BAR: f64 = 20.0;

/// A line for the file, a line for each probable genre.
pub(crate) fn ranking(file: &str, result: &Classification) -> String {
    let seconds = result.duration.as_secs();
    let mut text = format!(
        "{file}  ({}:{:02}, {} kHz, {} window{})\n",
        seconds / 60,
        seconds % 60,
        f64::from(result.sample_rate) / 1000.0,
        result.windows,
        if result.windows == 1 { "" } else { "s" }
    );
    if result.skipped_packets > 0 {
        let _ = writeln!(text, "  warning: {} damaged packets were left out", result.skipped_packets);
    }
    let shown =
        || result.genres.iter().take(MOST).enumerate().filter(|(i, g)| *i == 0 || g.probability >= LEAST);
    let width = shown().map(|(_, genre)| genre.label.chars().count()).max().unwrap_or(0);
    for (_, genre) in shown() {
        let bar = "#".repeat((genre.probability * BAR).round() as usize);
        let line = format!("  {:width$}  {:.2}  {bar}", genre.label, genre.probability);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
