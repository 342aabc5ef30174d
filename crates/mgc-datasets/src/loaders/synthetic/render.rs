//! Renders a score to samples.

use std::f64::consts::{PI, TAU};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::score::{Note, Room, Score, Sound};

/// Highest frequency of a partial, Hz.
const CEILING: f64 = 10_000.0;
/// Shortest fade at either end of a tone or noise, s; it avoids clicks.
const FADE: f64 = 0.012;

/// Renders `length` samples at `rate` Hz; the loudest of them has the score's peak.
pub(crate) fn render(score: &Score, length: usize, rate: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let mut samples = vec![0f64; length];
    for note in &score.notes {
        match &score.sound {
            Sound::Tone(partials) => tone(&mut samples, note, partials, &score.room, rate, rng),
            Sound::Noise(quality) => breath(&mut samples, note, *quality, &score.room, rate, rng),
        }
    }
    let loudest = samples.iter().fold(0f64, |loudest, sample| loudest.max(sample.abs()));
    let gain = score.peak / loudest.max(f64::MIN_POSITIVE);
    let hiss = score.peak * score.noise;
    samples.iter().map(|sample| (sample * gain + hiss * rng.random_range(-1.0..1.0)) as f32).collect()
}

/// Adds a tone: partials at multiples of a gliding frequency, each with a random phase.
fn tone(
    samples: &mut [f64],
    note: &Note,
    partials: &[(usize, f64)],
    room: &Room,
    rate: f64,
    rng: &mut ChaCha8Rng,
) {
    let top = note.from.max(note.to);
    let middle = (note.from * note.to).sqrt();
    let voices: Vec<_> = partials
        .iter()
        .map(|&(ratio, amplitude)| (ratio as f64, amplitude, rng.random_range(0.0..TAU)))
        .filter(|(ratio, ..)| top * ratio <= CEILING)
        .map(|(ratio, amplitude, phase)| {
            let gain = amplitude * room.gain(middle * ratio);
            (ratio as i32, Complex::polar(gain, phase))
        })
        .collect();
    let mut phase = 0f64;
    each_sample(samples, note, rate, |sample, frequency, envelope| {
        let turn = Complex::polar(1.0, phase);
        let (mut ratio, mut power) = (0, Complex { re: 1.0, im: 0.0 });
        for &(next, voice) in &voices {
            while ratio < next {
                power = power * turn;
                ratio += 1;
            }
            *sample += envelope * (power * voice).im;
        }
        phase += TAU * frequency / rate;
    });
}

/// Adds noise filtered by a resonance whose centre glides (a trapezoidal state-variable filter).
fn breath(samples: &mut [f64], note: &Note, quality: f64, room: &Room, rate: f64, rng: &mut ChaCha8Rng) {
    let damping = 1.0 / quality;
    let (mut band, mut low) = (0.0, 0.0);
    each_sample(samples, note, rate, |sample, frequency, envelope| {
        let warped = (PI * frequency.min(CEILING) / rate).tan();
        let high = (rng.random_range(-1.0..1.0) - low - (damping + warped) * band)
            / (1.0 + warped * (warped + damping));
        let next_band = band + warped * high;
        let next_low = low + warped * next_band;
        band = next_band + warped * high;
        low = next_low + warped * next_band;
        *sample += room.gain(frequency) * envelope * damping * next_band;
    });
}

/// Calls `play(sample, frequency, envelope)` for each sample that the note covers.
fn each_sample(samples: &mut [f64], note: &Note, rate: f64, mut play: impl FnMut(&mut f64, f64, f64)) {
    let begin = (note.start * rate).ceil().max(0.0) as usize;
    let end = (((note.start + note.length) * rate).ceil().max(0.0) as usize).min(samples.len());
    let slide = (note.to / note.from).powf(1.0 / (note.length * rate));
    let Some(covered) = samples.get_mut(begin..end) else {
        return;
    };
    let mut frequency = note.from * slide.powf(begin as f64 - note.start * rate);
    for (index, sample) in covered.iter_mut().enumerate() {
        let time = (begin + index) as f64 / rate - note.start;
        play(sample, frequency, note.loudness * envelope(time, note));
        frequency *= slide;
    }
}

/// Returns the envelope, which rises to 1 at the note's peak and falls again, both quadratically. Reversed in
/// time it is the envelope of a note whose peak is mirrored.
fn envelope(time: f64, note: &Note) -> f64 {
    let at = (time / note.length).clamp(0.0, 1.0);
    let shape = if at < note.peak { at / note.peak } else { (1.0 - at) / (1.0 - note.peak) };
    let fade = (time.min(note.length - time) / FADE).clamp(0.0, 1.0);
    fade * shape * shape
}

/// A complex number: multiplying rotations is cheaper than a sine for each partial.
#[derive(Clone, Copy)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn polar(radius: f64, angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { re: radius * cos, im: radius * sin }
    }
}

impl std::ops::Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}
