//! Crop, stretch and pitch against the plain statement of what they do.
//!
//! Ramps show what was drawn: an input whose value is its own place tells from where each value was read.

use crate::support::{BANDS, FRAMES, augmentation, axis, draw, music};
use mgc_train::{AugmentConfig, CropConfig, PitchConfig, StretchConfig};

/// Rounding of f32 at places up to 30 and frequencies up to 7 kHz.
const TOLERANCE: f64 = 1e-3;

/// Band 0 of every frame holds the number of the frame, the others music.
fn numbered_frames() -> Vec<f32> {
    let mut values = music(0);
    (0..FRAMES).for_each(|frame| values[frame * BANDS] = frame as f32);
    values
}

fn with(crop: Option<usize>, max_factor: f64) -> AugmentConfig {
    let stretch = StretchConfig { max_factor };
    AugmentConfig { crop: CropConfig { frames: crop }, stretch, ..Default::default() }
}

#[test]
fn a_crop_is_a_run_of_frames_and_reaches_every_place() {
    let (augmentation, input) = (augmentation(with(Some(12), 1.0)), numbered_frames());
    let mut starts = [0; FRAMES - 12 + 1];
    for example in 0..2000 {
        let piece = augmentation.example(&draw(example), &input).unwrap();
        let start = piece[0] as usize;
        assert_eq!(piece, input[start * BANDS..(start + 12) * BANDS]);
        starts[start] += 1;
    }
    assert!(starts.iter().all(|&count| (60..160).contains(&count)), "{starts:?}"); // 105 expected
}

#[test]
fn a_crop_of_all_frames_is_the_example() {
    let music = music(0);
    assert_eq!(augmentation(with(Some(FRAMES), 1.0)).example(&draw(0), &music).unwrap(), music);
}

#[test]
fn a_stretched_piece_is_read_between_frames_at_one_tempo() {
    let (augmentation, input) = (augmentation(with(Some(12), 1.25)), numbered_frames());
    let (mut slower, mut tempos) = (0, Vec::new());
    for example in 0..500 {
        let piece = augmentation.example(&draw(example), &input).unwrap();
        let place = |frame: usize| f64::from(piece[frame * BANDS]);
        let tempo = (place(11) - place(0)) / 11.0;
        assert!((0.8 - TOLERANCE..=1.25 + TOLERANCE).contains(&tempo), "{tempo}");
        for frame in 0..12 {
            assert!((place(frame) - (place(0) + tempo * frame as f64)).abs() < TOLERANCE);
            let (before, share) = (place(frame).floor() as usize, place(frame).fract());
            let band = 1 + frame;
            let at = |frame: usize| f64::from(input[frame.min(FRAMES - 1) * BANDS + band]);
            let expected = at(before) + share * (at(before + 1) - at(before));
            let actual = f64::from(piece[frame * BANDS + band]);
            assert!((actual - expected).abs() < 80.0 * TOLERANCE, "{actual}, expected {expected}");
        }
        slower += usize::from(tempo < 1.0);
        tempos.push(tempo);
    }
    assert!((200..300).contains(&slower), "{slower} of 500 are slower, expected about half");
    let (low, high) = tempos.iter().fold((9.0f64, 0.0f64), |(low, high), &t| (low.min(t), high.max(t)));
    assert!(low < 0.81 && high > 1.23, "{low} to {high}");
}

#[test]
fn without_a_crop_a_faster_example_begins_again_and_a_slower_one_is_a_piece() {
    let (augmentation, input) = (augmentation(with(None, 1.5)), numbered_frames());
    let mut wrapped = 0;
    for example in 0..100 {
        let stretched = augmentation.example(&draw(example), &input).unwrap();
        assert_eq!(stretched.len(), input.len());
        let places: Vec<f32> = stretched.chunks(BANDS).map(|frame| frame[0]).collect();
        assert!(places.iter().all(|place| (0.0..=(FRAMES - 1) as f32).contains(place)));
        let tempo = places[1] - places[0];
        let falls = places.windows(2).any(|pair| pair[1] < pair[0]);
        assert_eq!(falls, tempo > 1.0, "tempo {tempo}: {places:?}");
        wrapped += usize::from(falls);
    }
    assert!((30..70).contains(&wrapped), "{wrapped}");
}

fn pitch(semitones: f64) -> AugmentConfig {
    AugmentConfig { pitch: PitchConfig { semitones }, ..Default::default() }
}

#[test]
fn a_pitch_shift_reads_every_band_at_one_ratio_of_its_frequency() {
    let (augmentation, axis) = (augmentation(pitch(3.0)), axis());
    let centres = axis.centres();
    let input: Vec<f32> = centres.iter().map(|&centre| centre as f32).collect();
    let (mut up, limit) = (0, (3.0f64 / 12.0).exp2());
    for example in 0..300 {
        let warped = augmentation.example(&draw(example), &input).unwrap();
        let ratio = f64::from(warped[9]) / centres[9];
        assert!((1.0 / limit - TOLERANCE..=limit + TOLERANCE).contains(&ratio), "{ratio}");
        for (&value, centre) in warped.iter().zip(centres) {
            let expected = (centre * ratio).clamp(centres[0], centres[BANDS - 1]);
            assert!((f64::from(value) - expected).abs() < 10.0 * TOLERANCE, "{value}, expected {expected}");
        }
        up += usize::from(ratio < 1.0); // a lower source: the music is higher
    }
    assert!((110..190).contains(&up), "{up} of 300 go up, expected about half");
}

#[test]
fn a_pure_tone_moves_to_the_band_of_its_new_frequency() {
    let (augmentation, axis) = (augmentation(pitch(12.0)), axis());
    let centres = axis.centres();
    let tone = 12;
    // frame 0 tells the ratio, frame 1 holds the tone with skirts of 6 dB a band
    let ramp = centres.iter().map(|&centre| centre as f32);
    let skirts = (0..BANDS).map(|band: usize| -6.0 * band.abs_diff(tone) as f32);
    let input: Vec<f32> = ramp.chain(skirts).collect();
    for example in 0..100 {
        let warped = augmentation.example(&draw(example), &input).unwrap();
        let (ratios, levels) = warped.split_at(BANDS);
        let ratio = centres[9] / f64::from(ratios[9]);
        let peak = (0..BANDS).max_by(|&a, &b| levels[a].total_cmp(&levels[b])).unwrap();
        let expected = axis.place(centres[tone] * ratio);
        assert!((peak as f64 - expected).abs() <= 0.6, "ratio {ratio}: band {peak}, expected {expected}");
    }
}
