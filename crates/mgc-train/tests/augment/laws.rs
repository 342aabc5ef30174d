//! Laws that hold for every augmentation.

use crate::support::{BANDS, FRAMES, all, augmentation, batch, draw, draws, each, extremes, music, rows};
use mgc_train::{
    AugmentConfig, DecibelRange, Draw, EqualiserConfig, LowPassConfig, MasksConfig, MixStyleConfig,
    NoiseFloorConfig,
};
use proptest::prelude::*;

/// Strengths of 0 with every other setting away from its default.
fn zero() -> AugmentConfig {
    AugmentConfig {
        equaliser: EqualiserConfig { db: 0.0, min_knots: 4, max_knots: 9 },
        low_pass: LowPassConfig {
            probability: 0.0,
            lowest_hz: 100.0,
            highest_hz: 200.0,
            ..Default::default()
        },
        noise_floor: NoiseFloorConfig { probability: 0.0, lowest_db: -3.0, highest_db: 0.0 },
        masks: MasksConfig { time_masks: 3, frequency_width: 7, ..Default::default() },
        mix_style: MixStyleConfig { probability: 0.0, alpha: 1.0 },
        ..Default::default()
    }
}

#[test]
fn each_augmentation_changes_music_and_each_epoch_example_visit_and_seed_differs() {
    for (name, config) in each() {
        let augmentation = augmentation(config);
        let music = music(0);
        let base = draw(3);
        let others = [
            Draw { seed: 2, ..base },
            Draw { epoch: 1, ..base },
            Draw { example: 4, ..base },
            Draw { visit: 1, ..base },
        ];
        let changed = augmentation.example(&base, &music).unwrap();
        assert!(changed != music, "{name}");
        for other in others {
            assert!(augmentation.example(&other, &music).unwrap() != changed, "{name}: {other:?}");
        }
    }
}

#[test]
fn what_one_augmentation_draws_does_not_depend_on_another() {
    let of = |name| each().into_iter().find(|(known, _)| *known == name).unwrap().1;
    let (equaliser, gain) = (of("equaliser"), of("gain"));
    let both = AugmentConfig { gain: gain.gain, ..equaliser };
    let silence = vec![0.0; BANDS];
    let change = |config| augmentation(config).example(&draw(1), &silence).unwrap();
    let (curve, level, both) = (change(equaliser), change(gain), change(both));
    for band in 0..BANDS {
        assert_eq!(both[band], curve[band] + level[band]);
    }
}

#[test]
fn an_example_is_changed_alike_in_every_batch() {
    let single = AugmentConfig { mix_style: Default::default(), mixup: Default::default(), ..all() };
    let augmentation = augmentation(single);
    for examples in [vec![5], vec![2, 5, 9], vec![9, 8, 7, 6, 5, 4]] {
        let (inputs, labels) = batch(&examples);
        let (changed, _) = augmentation.batch(&draws(&examples), &inputs, &labels).unwrap();
        let place = examples.iter().position(|&example| example == 5).unwrap();
        assert_eq!(rows(&changed)[place], augmentation.example(&draw(5), &music(5)).unwrap());
    }
}

#[test]
fn the_order_of_a_batch_does_not_matter_even_to_its_mixtures() {
    let augmentation = augmentation(all());
    let orders = [[1, 2, 3, 4, 5], [4, 2, 5, 1, 3]];
    let [(first, shares), (second, other)] = orders.map(|order| {
        let (inputs, labels) = batch(&order);
        let (changed, targets) = augmentation.batch(&draws(&order), &inputs, &labels).unwrap();
        (rows(&changed), targets.shares().to_vec())
    });
    for (place, example) in orders[0].iter().enumerate() {
        let there = orders[1].iter().position(|other| other == example).unwrap();
        assert_eq!((&first[place], shares[place]), (&second[there], other[there]));
    }
}

#[test]
fn the_same_draws_give_the_same_bytes_on_other_threads() {
    let run = || {
        let (inputs, labels) = batch(&[1, 2, 3]);
        rows(&augmentation(all()).batch(&draws(&[1, 2, 3]), &inputs, &labels).unwrap().0)
    };
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(run)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), run());
    }
}

#[test]
fn a_batch_of_one_is_mixed_with_nothing() {
    let on = all();
    let mixing = AugmentConfig { mix_style: on.mix_style, mixup: on.mixup, ..Default::default() };
    let (inputs, labels) = batch(&[4]);
    let (changed, targets) = augmentation(mixing).batch(&draws(&[4]), &inputs, &labels).unwrap();
    assert_eq!(rows(&changed)[0], music(4));
    assert_eq!((targets.shares().len(), targets.likeliest().unwrap()), (0, labels.to_vec1::<u32>().unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn strengths_of_zero_change_nothing(
        values in proptest::collection::vec(-100f32..50.0, FRAMES * BANDS), example in 0..1000usize,
    ) {
        let augmentation = augmentation(zero());
        prop_assert!(augmentation.config().is_off());
        prop_assert_eq!(augmentation.example(&draw(example), &values).unwrap(), values);
    }

    #[test]
    fn crop_stretch_pitch_and_masks_invent_no_level(
        values in proptest::collection::vec(-100f32..50.0, FRAMES * BANDS), example in 0..1000usize,
    ) {
        /// Rounding of a mean of two or of all.
        const SLACK: f32 = 1e-4;
        let (low, high) = extremes(&values);
        for name in ["crop", "stretch", "pitch", "masks"] {
            let config = each().into_iter().find(|(known, _)| *known == name).unwrap().1;
            let (least, most) = extremes(&augmentation(config).example(&draw(example), &values).unwrap());
            prop_assert!(least >= low - SLACK && most <= high + SLACK, "{}: {} to {}", name, least, most);
        }
    }

    #[test]
    fn all_together_keep_within_the_limits_of_the_front_end(
        values in proptest::collection::vec(-80f32..0.0, FRAMES * BANDS), example in 0..1000usize,
    ) {
        let range = DecibelRange { lowest: Some(-90.0), top_db: Some(60.0) };
        let augmentation = augmentation(all()).with_range(range).unwrap();
        let (low, high) = extremes(&augmentation.example(&draw(example), &values).unwrap());
        // 8 dB of equaliser, 6 of gain, at most 1.5 dB per octave over 3.4 octaves, noise below the loudest
        prop_assert!(low >= -90.0 && high <= 8.0 + 6.0 + 5.1 + 3.1, "{low} to {high}");
    }

    #[test]
    fn an_example_within_the_limits_stays_within_them_untouched(
        values in proptest::collection::vec(-80f32..0.0, FRAMES * BANDS), example in 0..1000usize,
    ) {
        let crop = each().remove(0).1;
        let range = DecibelRange { lowest: Some(-80.0), top_db: Some(80.0) };
        let limited = augmentation(crop).with_range(range).unwrap();
        prop_assert_eq!(
            limited.example(&draw(example), &values).unwrap(),
            augmentation(crop).example(&draw(example), &values).unwrap()
        );
    }
}
