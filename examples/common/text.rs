//! Numbers, times and classifications as people read them.

use mgc::Classification;
use mgc::audio::MelConfig;
pub(crate) use mgc_files::printable;
use std::fmt::Write;
use std::time::Duration;

/// Genres that are shown at most, and the least probable one.
const MOST: usize = 5;
const LEAST: f64 = 0.005;
/// Characters of a certain genre's bar.
const BAR: f64 = 20.0;

/// `186,026`
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// `45 s`, `3 min 20 s`, `1:05:07`
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => clock(seconds),
    }
}

/// `12.34 s`, `1:05:07`
pub(crate) fn length(duration: Duration) -> String {
    match duration.as_secs() {
        0..3600 => format!("{:.2} s", duration.as_secs_f64()),
        seconds => clock(seconds),
    }
}

/// `0:45`, `1:05:07`
pub(crate) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours == 0 { format!("{minutes}:{seconds:02}") } else { format!("{hours}:{minutes:02}:{seconds:02}") }
}

/// Lines for a terminal, as [`printable`].
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// A line for the file, a line for each probable genre.
pub(crate) fn ranking(file: &str, result: &Classification, front_end: &MelConfig) -> String {
    let (length, chunks) = (clock(result.duration.as_secs()), result.chunks);
    let rate = rates(result.sample_rate, front_end.sample_rate);
    let plural = if chunks == 1 { "" } else { "s" };
    let mut text = format!("{}  ({length}, {rate}, {chunks} chunk{plural})\n", printable(file));
    for note in notes(result, front_end) {
        let _ = writeln!(text, "  note: {note}"); // writing to a string cannot fail
    }
    let shown = || result.top(MOST).enumerate().filter(|(i, g)| *i == 0 || g.probability >= LEAST);
    let width = shown().map(|(_, genre)| genre.label.chars().count()).max().unwrap_or(0);
    for (_, genre) in shown() {
        let bar = "#".repeat((genre.probability * BAR).round() as usize);
        let line = format!("  {:width$}  {:.2}  {bar}", genre.label, genre.probability);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// `44.1 kHz -> 22.05 kHz`
fn rates(from: u32, to: u32) -> String {
    let khz = |rate: u32| format!("{} kHz", f64::from(rate) / 1000.0);
    if from == to { khz(from) } else { format!("{} -> {}", khz(from), khz(to)) }
}

/// What makes the answer less sure than it looks.
fn notes(result: &Classification, front_end: &MelConfig) -> Vec<String> {
    let mut notes = Vec::new();
    if result.channels_cancel() {
        notes.push(
            "the channels cancel each other: the model hears their mean, which is next to nothing".into(),
        );
    } else if result.is_silent() {
        notes.push("silent: there is nothing to hear, so the genre means nothing".into());
    }
    if result.is_unsure() {
        notes.push("not sure: the most probable genre is below the model's threshold".into());
    }
    if result.skipped_packets > 0 {
        notes.push(format!("damaged packets: {}", result.skipped_packets));
    }
    let chunk = front_end.chunk_samples.map(|samples| samples as f64 / f64::from(front_end.sample_rate));
    if let Some(chunk) = chunk.filter(|chunk| 2.0 * result.duration.as_secs_f64() < *chunk) {
        notes.push(format!("short: the model listens to {chunk:.0} s, the rest is silence"));
    }
    notes
}
