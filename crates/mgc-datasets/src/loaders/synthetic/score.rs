//! Draws what one track plays from a style and a seed; everything random is drawn here, except for phases
//! and noise.

use std::ops::Range;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::styles::{Style, Timbre};
use crate::side::Split;

/// Beats per minute. The test ranges lie on either side of the training range.
const TRAIN_TEMPO: &[Range<f64>] = &[92.0..112.0];
const TEST_TEMPO: &[Range<f64>] = &[84.0..91.0, 113.0..122.0];
/// Transposition of the whole track in semitones. Here too the test ranges lie on either side.
const TRAIN_KEY: &[Range<f64>] = &[-3.0..3.0];
const TEST_KEY: &[Range<f64>] = &[-5.0..-3.2, 3.2..5.0];

/// Level of the loudest sample, dB below full scale.
const LEVEL: Range<f64> = 1.0..13.0;
/// Level of the background noise, dB below the loudest sample.
const NOISE: Range<f64> = 38.0..54.0;
/// Slope of the spectrum, dB per octave.
const TILT: Range<f64> = -3.0..2.0;
/// A broad hump or dip of the spectrum: centre in octaves from 1 kHz, height in dB.
const HUMP_AT: Range<f64> = -1.5..2.0;
const HUMP: Range<f64> = -8.0..8.0;
/// Level of a bar relative to the others, dB.
const ACCENT: Range<f64> = -4.0..0.0;
/// Factor on each partial of a track's instrument.
const PARTIAL: Range<f64> = 0.35..1.0;

/// The notes of one track, its instrument and its recording.
pub(crate) struct Score {
    pub notes: Vec<Note>,
    pub sound: Sound,
    pub room: Room,
    /// Loudest sample, 0 to 1.
    pub peak: f64,
    /// Background noise relative to the loudest sample, 0 to 1.
    pub noise: f64,
}

/// One note in seconds and hertz.
pub(crate) struct Note {
    /// Seconds; negative when the note began before the track.
    pub start: f64,
    pub length: f64,
    pub from: f64,
    pub to: f64,
    pub peak: f64,
    pub loudness: f64,
}

/// The track's instrument.
pub(crate) enum Sound {
    /// Partials by frequency ratio and amplitude.
    Tone(Vec<(usize, f64)>),
    /// Noise filtered by a resonance of this quality.
    Noise(f64),
}

/// The frequency response of the recording.
pub(crate) struct Room {
    tilt: f64,
    hump_at: f64,
    hump: f64,
}

impl Room {
    /// Returns the amplitude gain at a frequency in Hz.
    pub(crate) fn gain(&self, frequency: f64) -> f64 {
        let octaves = (frequency / 1000.0).log2();
        let hump = self.hump * (-(octaves - self.hump_at).powi(2)).exp();
        amplitude(self.tilt * octaves + hump)
    }
}

/// Draws the score of a track of a style and a length in seconds, for one side of the split.
pub(crate) fn score(style: &Style, split: Split, seconds: f64, rng: &mut ChaCha8Rng) -> Score {
    let (tempo, key) = match split {
        Split::Train | Split::Valid => (TRAIN_TEMPO, TRAIN_KEY),
        Split::Test => (TEST_TEMPO, TEST_KEY),
    };
    let beat = 60.0 / (style.pace * draw(tempo, rng));
    let tonic = style.register * semitones(draw(key, rng));
    let room = Room {
        tilt: rng.random_range(TILT),
        hump_at: rng.random_range(HUMP_AT),
        hump: rng.random_range(HUMP),
    };
    Score {
        notes: notes(style, beat, tonic, seconds, rng),
        sound: sound(style.timbre, rng),
        room,
        peak: amplitude(-rng.random_range(LEVEL)),
        noise: amplitude(-rng.random_range(NOISE)),
    }
}

/// Draws bars of the style's figure, from a random point of the first one to the end of the track.
fn notes(style: &Style, beat: f64, tonic: f64, seconds: f64, rng: &mut ChaCha8Rng) -> Vec<Note> {
    let bar = style.beats * beat;
    let mut start = -bar * rng.random_range(0.0..1.0);
    let mut notes = Vec::new();
    while start < seconds {
        let tone = tonic * semitones(style.scale.choose(rng).copied().unwrap_or(0.0));
        let loudness = amplitude(rng.random_range(ACCENT));
        notes.extend(style.figure.iter().map(|stroke| Note {
            start: start + stroke.at * beat,
            length: stroke.length * beat,
            from: tone * semitones(stroke.from),
            to: tone * semitones(stroke.to),
            peak: stroke.peak,
            loudness,
        }));
        start += bar;
    }
    notes
}

fn sound(timbre: Timbre, rng: &mut ChaCha8Rng) -> Sound {
    match timbre {
        Timbre::Noise { quality } => Sound::Noise(quality * rng.random_range(0.8..1.25)),
        Timbre::Tone { partials, step, rolloff } => {
            let partial = |index| {
                let ratio = 1 + index * step;
                (ratio, (ratio as f64).powf(-rolloff) * rng.random_range(PARTIAL))
            };
            Sound::Tone((0..partials).map(partial).collect())
        }
    }
}

/// Draws a number uniformly from the union of the ranges.
fn draw(ranges: &[Range<f64>], rng: &mut ChaCha8Rng) -> f64 {
    let total: f64 = ranges.iter().map(|range| range.end - range.start).sum();
    let mut at = rng.random_range(0.0..total);
    for range in ranges {
        if at < range.end - range.start {
            return range.start + at;
        }
        at -= range.end - range.start;
    }
    ranges.last().map_or(0.0, |range| range.start)
}

fn semitones(semitones: f64) -> f64 {
    (semitones / 12.0).exp2()
}

fn amplitude(decibels: f64) -> f64 {
    10f64.powf(decibels / 20.0)
}
