//! Compares the augmentations of levels with the plain statement of each.

use crate::support::{BANDS, FRAMES, augmentation, axis, draw, each, music};
use mgc_train::{AugmentConfig, EqualiserConfig, LowPassConfig, MasksConfig, NoiseFloorConfig, TiltConfig};

/// Rounding of f32 at 80 dB.
const TOLERANCE: f32 = 2e-5;

/// The gains that an augmentation adds to silence of 0 dB, for many examples.
fn curves(config: AugmentConfig) -> Vec<Vec<f32>> {
    let augmentation = augmentation(config);
    (0..400).map(|example| augmentation.example(&draw(example), &[0.0; BANDS]).unwrap()).collect()
}

#[test]
fn curves_are_added_to_every_frame_alike() {
    for (name, config) in each() {
        if !["equaliser", "tilt", "low_pass", "gain"].contains(&name) {
            continue;
        }
        let (augmentation, music) = (augmentation(config), music(0));
        let curve = augmentation.example(&draw(7), &[0.0; BANDS]).unwrap();
        let changed = augmentation.example(&draw(7), &music).unwrap();
        for (index, (after, before)) in changed.iter().zip(&music).enumerate() {
            assert_eq!(*after, before + curve[index % BANDS], "{name}");
        }
    }
}

#[test]
fn an_equaliser_is_smooth_within_its_strength_and_no_two_are_alike() {
    let config = AugmentConfig {
        equaliser: EqualiserConfig { db: 8.0, min_knots: 3, max_knots: 6 },
        ..Default::default()
    };
    // The shortest way between knots is a third of an even spacing of 6; the steepest slope is 3/2 of the rise.
    let steepest = 1.5 * 16.0 / ((BANDS - 1) as f32 / 5.0 / 3.0);
    let (mut sum, mut turns) = (0.0, [0; 6]);
    for curve in curves(config) {
        assert!(curve.iter().all(|gain| gain.abs() <= 8.0), "{curve:?}");
        assert!(curve.windows(2).all(|pair| (pair[1] - pair[0]).abs() <= steepest), "{curve:?}");
        let rises: Vec<bool> = curve.windows(2).map(|pair| pair[1] > pair[0]).collect();
        turns[rises.windows(2).filter(|pair| pair[0] != pair[1]).count()] += 1;
        sum += f64::from(curve.iter().sum::<f32>()) / BANDS as f64;
    }
    assert!(turns[..5].iter().all(|&count| count > 0) && turns[5] == 0, "{turns:?}"); // at most 4 inner knots
    assert!((sum / 400.0).abs() < 0.5, "a mean gain of {} dB", sum / 400.0);
}

#[test]
fn a_tilt_is_straight_over_octaves_and_turns_at_1_khz() {
    let config = AugmentConfig { tilt: TiltConfig { db_per_octave: 1.5 }, ..Default::default() };
    let (axis, mut steepest) = (axis(), 0.0f64);
    for curve in curves(config) {
        let slope = f64::from(curve[14]); // one octave above 1 kHz, which is band 9
        for (gain, centre) in curve.iter().zip(axis.centres()) {
            let expected = slope * (centre / 1000.0).log2();
            assert!((f64::from(*gain) - expected).abs() < 1e-5, "{gain}, expected {expected}");
        }
        steepest = steepest.max(slope.abs());
    }
    assert!((1.4..=1.5).contains(&steepest), "{steepest}");
}

#[test]
fn a_low_pass_falls_by_its_slope_above_its_cut_off_and_happens_as_often_as_asked() {
    let low_pass =
        LowPassConfig { probability: 0.25, lowest_hz: 400.0, highest_hz: 1600.0, db_per_octave: 12.0 };
    let (axis, mut filtered, mut below_800) = (axis(), 0, 0);
    for curve in curves(AugmentConfig { low_pass, ..Default::default() }) {
        if curve.iter().all(|gain| *gain == 0.0) {
            continue;
        }
        let top = axis.centres()[BANDS - 1];
        let cut_off = top * (f64::from(curve[BANDS - 1]) / 12.0).exp2();
        assert!((399.9..=1600.1).contains(&cut_off), "{cut_off}");
        for (gain, centre) in curve.iter().zip(axis.centres()) {
            let expected = -12.0 * (centre / cut_off).log2().max(0.0);
            assert!((f64::from(*gain) - expected).abs() < 1e-4, "{gain}, expected {expected}");
        }
        filtered += 1;
        below_800 += usize::from(cut_off < 800.0);
    }
    assert!((65..135).contains(&filtered), "{filtered} of 400, expected about 100");
    assert!((filtered * 3 / 10..filtered * 7 / 10).contains(&below_800), "{below_800} of {filtered}");
}

#[test]
fn a_noise_floor_adds_powers() {
    let noise_floor = NoiseFloorConfig { probability: 1.0, lowest_db: -30.0, highest_db: -30.0 };
    let augmentation = augmentation(AugmentConfig { noise_floor, ..Default::default() });
    for shift in [0.0, 900.0] {
        let music: Vec<f32> = music(1).iter().map(|value| value + shift).collect();
        let level = f64::from(music.iter().copied().fold(f32::MIN, f32::max)) - 30.0;
        let noisy = augmentation.example(&draw(0), &music).unwrap();
        for (after, before) in noisy.iter().zip(&music) {
            let power = |db: f64| 10f64.powf((db - f64::from(shift)) / 10.0); // within the range of f64
            let expected = f64::from(shift) + 10.0 * (power(f64::from(*before)) + power(level)).log10();
            let tolerance = if shift == 0.0 { TOLERANCE } else { 20.0 * TOLERANCE };
            assert!((f64::from(*after) - expected).abs() < f64::from(tolerance), "{after}, {expected}");
            assert!(after >= before && f64::from(*after) >= level - 1e-4);
        }
    }
}

#[test]
fn the_level_of_the_noise_and_its_frequency_are_those_asked_for() {
    let noise_floor = NoiseFloorConfig { probability: 0.5, lowest_db: -60.0, highest_db: -20.0 };
    let augmentation = augmentation(AugmentConfig { noise_floor, ..Default::default() });
    let mut input = vec![-500.0; BANDS];
    input[3] = 5.0;
    let levels = (0..400).map(|example| augmentation.example(&draw(example), &input).unwrap()[0] - 5.0);
    let noisy: Vec<f32> = levels.filter(|level| *level > -400.0).collect();
    assert!((150..250).contains(&noisy.len()), "{} of 400", noisy.len());
    assert!(noisy.iter().all(|level| (-60.01..=-19.99).contains(level)));
    assert!(noisy.iter().any(|level| *level < -58.0) && noisy.iter().any(|level| *level > -22.0));
}

#[test]
fn a_gain_is_one_number_from_minus_to_plus_its_strength() {
    let config = each().into_iter().find(|(name, _)| *name == "gain").unwrap().1;
    let gains: Vec<f32> = curves(config)
        .iter()
        .map(|curve| {
            assert!(curve.iter().all(|gain| gain == &curve[0]));
            curve[0]
        })
        .collect();
    assert!(gains.iter().all(|gain| gain.abs() <= 6.0));
    assert!(gains.iter().any(|gain| *gain < -5.5) && gains.iter().any(|gain| *gain > 5.5));
}

#[test]
fn masks_are_whole_frames_and_bands_of_the_mean() {
    let masks = MasksConfig { time_masks: 2, time_width: 8, frequency_masks: 1, frequency_width: 5 };
    let augmentation = augmentation(AugmentConfig { masks, ..Default::default() });
    let music = music(2);
    let mean = music.iter().map(|&value| f64::from(value)).sum::<f64>() / music.len() as f64;
    let (mut widest, mut narrowest) = ((0, 0), usize::MAX);
    for example in 0..300 {
        let masked = augmentation.example(&draw(example), &music).unwrap();
        let hidden = |frame: usize, band: usize| masked[frame * BANDS + band] != music[frame * BANDS + band];
        let frames: Vec<usize> = (0..FRAMES).filter(|&t| (0..BANDS).all(|k| hidden(t, k))).collect();
        let bands: Vec<usize> = (0..BANDS).filter(|&k| (0..FRAMES).all(|t| hidden(t, k))).collect();
        for frame in 0..FRAMES {
            for band in 0..BANDS {
                assert_eq!(hidden(frame, band), frames.contains(&frame) || bands.contains(&band));
                let value = f64::from(masked[frame * BANDS + band]);
                assert!(!hidden(frame, band) || (value - mean).abs() < 1e-4, "{value}, expected {mean}");
            }
        }
        assert!(frames.len() <= 16 && bands.len() <= 5, "{frames:?}, {bands:?}");
        assert!(bands.windows(2).all(|pair| pair[1] == pair[0] + 1), "{bands:?}");
        widest = (widest.0.max(frames.len()), widest.1.max(bands.len()));
        narrowest = narrowest.min(bands.len());
    }
    assert!(widest.0 >= 14 && widest.1 == 5 && narrowest == 0, "{widest:?}, {narrowest}");
}

#[test]
fn masks_wider_than_the_example_cover_at_most_all_of_it() {
    let masks = MasksConfig { time_masks: 1, time_width: 10_000, ..Default::default() };
    let augmentation = augmentation(AugmentConfig { masks, ..Default::default() });
    for example in 0..50 {
        assert_eq!(augmentation.example(&draw(example), &music(0)).unwrap().len(), FRAMES * BANDS);
    }
}
