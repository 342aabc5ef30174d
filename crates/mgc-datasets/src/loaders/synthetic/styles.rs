//! The ten invented styles as one table.
//!
//! Styles come in pairs that share timbre, harmony, register and tempo, hence (up to chance) their mean
//! spectrum, its spread and their loudness. Within a pair only the figure differs: one is the other played
//! backwards, or the same two tones in turn instead of together. Only local patterns in time and frequency
//! tell the two apart, as in real music.

/// One invented style.
pub(crate) struct Style {
    /// Its label and folder name.
    pub name: &'static str,
    /// The strokes of one bar.
    pub figure: &'static [Stroke],
    /// Length of a bar in beats.
    pub beats: f64,
    /// Its instrument.
    pub timbre: Timbre,
    /// Frequency of the tonic before transposition, Hz.
    pub register: f64,
    /// Possible transpositions of a bar, semitones.
    pub scale: &'static [f64],
    /// Beats per minute relative to the track's tempo.
    pub pace: f64,
}

/// One sound of a figure: its start, its length, its pitch.
pub(crate) struct Stroke {
    /// Start, beats after that of the bar.
    pub at: f64,
    /// Length, beats.
    pub length: f64,
    /// Pitch at the start, semitones above the bar's tone.
    pub from: f64,
    /// Pitch at the end, semitones; it changes linearly.
    pub to: f64,
    /// Position of its loudest point, 0 to 1: near 0 is plucked, near 1 swells.
    pub peak: f64,
}

/// The sound of a style's strokes.
#[derive(Clone, Copy)]
pub(crate) enum Timbre {
    /// Partials 1, 1 + `step`, 1 + 2 `step` ..., the k-th with an amplitude of about k^-`rolloff`.
    Tone { partials: usize, step: usize, rolloff: f64 },
    /// Noise filtered by a resonance of this quality (centre over bandwidth).
    Noise { quality: f64 },
}

const fn stroke(at: f64, length: f64, from: f64, to: f64, peak: f64) -> Stroke {
    Stroke { at, length, from, to, peak }
}

const REED: Timbre = Timbre::Tone { partials: 7, step: 1, rolloff: 0.7 };
const HOLLOW: Timbre = Timbre::Tone { partials: 5, step: 2, rolloff: 0.6 };
const STRING: Timbre = Timbre::Tone { partials: 8, step: 1, rolloff: 1.0 };
const BELL: Timbre = Timbre::Tone { partials: 6, step: 1, rolloff: 0.4 };
const BREATH: Timbre = Timbre::Noise { quality: 14.0 };

const FIVE_TONES: &[f64] = &[0.0, 2.0, 4.0, 7.0, 9.0];
const MINOR: &[f64] = &[0.0, 2.0, 3.0, 5.0, 7.0, 8.0];
const FIFTHS: &[f64] = &[-5.0, 0.0, 2.0, 7.0];

/// The styles in the order of their names, which is the order of the labels.
pub(crate) const STYLES: [Style; 10] = [
    // slow glides of a reed over five tones: rising, falling
    Style {
        name: "arkel",
        figure: &[stroke(0.0, 1.7, -4.0, 4.0, 0.5)],
        beats: 2.0,
        timbre: REED,
        register: 420.0,
        scale: FIVE_TONES,
        pace: 1.0,
    },
    Style {
        name: "brindo",
        figure: &[stroke(0.0, 1.7, 4.0, -4.0, 0.5)],
        beats: 2.0,
        timbre: REED,
        register: 420.0,
        scale: FIVE_TONES,
        pace: 1.0,
    },
    // runs of five hollow tones in minor: up, down
    Style {
        name: "cavari",
        figure: &[
            stroke(0.0, 0.5, -3.2, -3.2, 0.5),
            stroke(0.4, 0.5, -1.6, -1.6, 0.5),
            stroke(0.8, 0.5, 0.0, 0.0, 0.5),
            stroke(1.2, 0.5, 1.6, 1.6, 0.5),
            stroke(1.6, 0.5, 3.2, 3.2, 0.5),
        ],
        beats: 2.4,
        timbre: HOLLOW,
        register: 520.0,
        scale: MINOR,
        pace: 0.95,
    },
    Style {
        name: "doluma",
        figure: &[
            stroke(0.0, 0.5, 3.2, 3.2, 0.5),
            stroke(0.4, 0.5, 1.6, 1.6, 0.5),
            stroke(0.8, 0.5, 0.0, 0.0, 0.5),
            stroke(1.2, 0.5, -1.6, -1.6, 0.5),
            stroke(1.6, 0.5, -3.2, -3.2, 0.5),
        ],
        beats: 2.4,
        timbre: HOLLOW,
        register: 520.0,
        scale: MINOR,
        pace: 0.95,
    },
    // open fifths of strings: plucked and dying away, swelling and cut off
    Style {
        name: "estrune",
        figure: &[stroke(0.0, 1.5, 0.0, 0.0, 0.06), stroke(0.0, 1.5, 7.0, 7.0, 0.06)],
        beats: 1.6,
        timbre: STRING,
        register: 300.0,
        scale: FIFTHS,
        pace: 1.0,
    },
    Style {
        name: "faliko",
        figure: &[stroke(0.0, 1.5, 0.0, 0.0, 0.94), stroke(0.0, 1.5, 7.0, 7.0, 0.94)],
        beats: 1.6,
        timbre: STRING,
        register: 300.0,
        scale: FIFTHS,
        pace: 1.0,
    },
    // two bands of breath noise that open, that close
    Style {
        name: "gorrim",
        figure: &[stroke(0.0, 2.4, -6.0, 6.0, 0.5), stroke(0.0, 2.4, 6.0, 18.0, 0.5)],
        beats: 2.6,
        timbre: BREATH,
        register: 1000.0,
        scale: FIFTHS,
        pace: 1.05,
    },
    Style {
        name: "havola",
        figure: &[stroke(0.0, 2.4, 6.0, -6.0, 0.5), stroke(0.0, 2.4, 18.0, 6.0, 0.5)],
        beats: 2.6,
        timbre: BREATH,
        register: 1000.0,
        scale: FIFTHS,
        pace: 1.05,
    },
    // two bells a third apart: in turn, together
    Style {
        name: "istrel",
        figure: &[stroke(0.0, 1.0, -1.5, -1.5, 0.5), stroke(1.0, 1.0, 1.5, 1.5, 0.5)],
        beats: 2.0,
        timbre: BELL,
        register: 800.0,
        scale: FIVE_TONES,
        pace: 1.1,
    },
    Style {
        name: "jumbari",
        figure: &[stroke(0.0, 1.0, -1.5, -1.5, 0.5), stroke(0.0, 1.0, 1.5, 1.5, 0.5)],
        beats: 2.0,
        timbre: BELL,
        register: 800.0,
        scale: FIVE_TONES,
        pace: 1.1,
    },
];
