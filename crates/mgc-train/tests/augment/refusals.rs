//! What is refused, and how it is told.

use crate::support::{BANDS, augmentation, axis, batch, draw, draws, each, music};
use mgc_train::candle::{DType, Device, Tensor};
use mgc_train::{
    AugmentConfig, Augmentation, CropConfig, DecibelRange, EqualiserConfig, Error, FrequencyAxis, GainConfig,
    LowPassConfig, MasksConfig, MixStyleConfig, MixupConfig, NoiseFloorConfig, PitchConfig, StretchConfig,
    TiltConfig,
};

#[test]
fn a_strength_outside_its_range_is_named_with_what_is_accepted() {
    let off = AugmentConfig::default();
    let equaliser = |db, min_knots, max_knots| AugmentConfig {
        equaliser: EqualiserConfig { db, min_knots, max_knots },
        ..off
    };
    let low_pass = |probability, lowest_hz, highest_hz, db_per_octave| AugmentConfig {
        low_pass: LowPassConfig { probability, lowest_hz, highest_hz, db_per_octave },
        ..off
    };
    let noise = |probability, lowest_db, highest_db| AugmentConfig {
        noise_floor: NoiseFloorConfig { probability, lowest_db, highest_db },
        ..off
    };
    let mix_style =
        |probability, alpha| AugmentConfig { mix_style: MixStyleConfig { probability, alpha }, ..off };
    let masks = |time_masks, frequency_masks| AugmentConfig {
        masks: MasksConfig { time_masks, frequency_masks, ..Default::default() },
        ..off
    };
    let stretch = |max_factor| AugmentConfig { stretch: StretchConfig { max_factor }, ..off };
    let cases = [
        ("crop.frames", AugmentConfig { crop: CropConfig { frames: Some(0) }, ..off }),
        ("stretch.max_factor", stretch(0.8)),
        ("stretch.max_factor", stretch(f64::NAN)),
        ("stretch.max_factor", stretch(4.1)),
        ("pitch.semitones", AugmentConfig { pitch: PitchConfig { semitones: -1.0 }, ..off }),
        ("equaliser.db", equaliser(-1.0, 3, 6)),
        ("equaliser.db", equaliser(f64::INFINITY, 3, 6)),
        ("equaliser.min_knots", equaliser(1.0, 1, 6)),
        ("equaliser.max_knots", equaliser(1.0, 4, 3)),
        ("tilt.db_per_octave", AugmentConfig { tilt: TiltConfig { db_per_octave: 13.0 }, ..off }),
        ("low_pass.probability", low_pass(1.5, 100.0, 200.0, 6.0)),
        ("low_pass.lowest_hz", low_pass(0.5, 0.0, 200.0, 6.0)),
        ("low_pass.highest_hz", low_pass(0.5, 300.0, 200.0, 6.0)),
        ("low_pass.highest_hz", low_pass(0.5, 300.0, f64::INFINITY, 6.0)),
        ("low_pass.db_per_octave", low_pass(0.5, 100.0, 200.0, -6.0)),
        ("noise_floor.probability", noise(-0.1, -60.0, -20.0)),
        ("noise_floor.lowest_db", noise(0.1, 1.0, 2.0)),
        ("noise_floor.highest_db", noise(0.1, -20.0, -60.0)),
        ("gain.db", AugmentConfig { gain: GainConfig { db: f64::NAN }, ..off }),
        ("masks.time_masks", masks(101, 0)),
        ("masks.frequency_masks", masks(0, 101)),
        ("mix_style.probability", mix_style(2.0, 0.3)),
        ("mix_style.alpha", mix_style(0.2, 0.0)),
        ("mixup.alpha", AugmentConfig { mixup: MixupConfig { alpha: 1e-9 }, ..off }),
        ("mixup.alpha", AugmentConfig { mixup: MixupConfig { alpha: -1.0 }, ..off }),
    ];
    for (expected, config) in cases {
        match Augmentation::new(config, axis()) {
            Err(Error::Config { name, .. }) => assert_eq!(name, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    let error = Augmentation::new(stretch(0.8), axis()).unwrap_err().to_string();
    assert_eq!(error, "stretch.max_factor is 0.8, expected a number from 1 (off) to 4");
}

#[test]
fn limits_that_are_no_levels_are_refused() {
    for top_db in [-1.0, f64::NAN] {
        let range = DecibelRange { top_db: Some(top_db), ..Default::default() };
        let error = augmentation(AugmentConfig::default()).with_range(range).unwrap_err();
        assert!(matches!(error, Error::Config { name: "top_db", .. }), "{error}");
    }
    let range = DecibelRange { lowest: Some(f64::NEG_INFINITY), ..Default::default() };
    assert!(augmentation(AugmentConfig::default()).with_range(range).is_err());
}

#[test]
fn an_axis_that_does_not_rise_is_refused_with_the_place() {
    for (centres, index) in
        [(vec![0.0, 1.0], 0), (vec![5.0, 5.0], 1), (vec![1.0, 2.0, f64::NAN], 2), (vec![f64::INFINITY], 0)]
    {
        let error = FrequencyAxis::new(centres).unwrap_err();
        assert!(matches!(error, Error::Value { index: found, .. } if found == index), "{error}");
    }
    assert!(matches!(FrequencyAxis::new(Vec::new()), Err(Error::TooFew { .. })));
}

#[test]
fn an_example_of_another_size_is_refused() {
    let augmentation = augmentation(each().remove(0).1);
    for values in [vec![], vec![0.0; BANDS - 1], vec![0.0; BANDS + 1]] {
        let error = augmentation.example(&draw(4), &values).unwrap_err();
        assert!(matches!(error, Error::SpectrogramSize { index: 4, .. }), "{error}");
    }
    let error = augmentation.example(&draw(0), &music(0)[..BANDS * 11]).unwrap_err().to_string();
    assert_eq!(error, "crop.frames is 12, expected at most the number of frames of the examples");
}

#[test]
fn a_batch_of_another_shape_is_refused_with_both() {
    let augmentation = augmentation(each().remove(1).1);
    let labels = Tensor::zeros(2, DType::U32, &Device::Cpu).unwrap();
    for shape in [vec![2, 1, 9, BANDS + 1], vec![2, 9, BANDS], vec![2, 2, 9, BANDS], vec![2, 1, 0, BANDS]] {
        let inputs = Tensor::zeros(shape.as_slice(), DType::F32, &Device::Cpu).unwrap();
        match augmentation.batch(&draws(&[0, 1]), &inputs, &labels) {
            Err(Error::BatchShape { actual, bands: BANDS }) => assert_eq!(actual, shape),
            other => panic!("{other:?}"),
        }
    }
    let (inputs, labels) = batch(&[0, 1]);
    let error = augmentation.batch(&draws(&[0]), &inputs, &labels).unwrap_err();
    assert!(matches!(error, Error::Unpaired { first: 1, second: 2 }), "{error}");
}
