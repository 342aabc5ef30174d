//! The plateau rule and early stopping against Keras.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::{EarlyStopping, EarlyStoppingConfig, Error, KerasVersion, PlateauConfig, ReduceLrOnPlateau};

/// Written by `fixtures/generate.py`.
const KERAS3: &str = include_str!("fixtures/callbacks_keras3.csv");

struct SplitMix64(u64);

impl SplitMix64 {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// The settings and losses of `scenario` in `fixtures/generate.py`.
fn scenario(seed: u64) -> (PlateauConfig, EarlyStoppingConfig, Vec<f64>) {
    let mut draw = SplitMix64(seed);
    let plateau = PlateauConfig {
        factor: [0.5, 0.75][draw.below(2) as usize],
        patience: draw.below(5) as usize,
        cooldown: draw.below(3) as usize,
        min_lr: [0.0, 0.001][draw.below(2) as usize],
        ..Default::default()
    };
    let stopping = EarlyStoppingConfig { patience: draw.below(12) as usize, ..Default::default() };
    let epochs = 20 + draw.below(81);
    let mut level = 2560_i64;
    let mut loss = |epoch| {
        level = (level + draw.below(201) as i64 - 110).max(1);
        let missing = draw.below(50) == 0 && epoch > 0;
        if missing { f64::NAN } else { level as f64 / 1024.0 }
    };
    (plateau, stopping, (0..epochs).map(&mut loss).collect())
}

/// The epochs after which the learning rate falls.
fn cuts(config: PlateauConfig, losses: &[f64]) -> Vec<usize> {
    let mut rule = ReduceLrOnPlateau::new(config).unwrap();
    let mut lr = 0.01;
    let mut cut = |loss| {
        let before = lr;
        lr = rule.observe(loss, before);
        lr < before
    };
    (0..losses.len()).filter(|&epoch| cut(losses[epoch])).collect()
}

/// The first epoch after which to stop.
fn stop(config: EarlyStoppingConfig, losses: &[f64]) -> Option<usize> {
    let mut rule = EarlyStopping::new(config).unwrap();
    losses.iter().position(|&loss| rule.observe(loss))
}

fn keras2_plateau() -> PlateauConfig {
    PlateauConfig { keras_version: KerasVersion::Keras2, ..Default::default() }
}

#[test]
fn a_thousand_loss_sequences_give_keras_3s_cuts_and_stops() {
    let rows: Vec<&str> = KERAS3.lines().skip(1).collect();
    assert_eq!(rows.len(), 1000);
    for row in rows {
        let fields: Vec<&str> = row.split(',').collect();
        let (plateau, stopping, losses) = scenario(fields[0].parse().unwrap());
        let expected: Vec<usize> = fields[1].split_whitespace().map(|epoch| epoch.parse().unwrap()).collect();
        assert_eq!(cuts(plateau, &losses), expected, "cuts of sequence {}", fields[0]);
        assert_eq!(stop(stopping, &losses), fields[2].parse().ok(), "stop of sequence {}", fields[0]);
    }
}

#[test]
fn tf26_cuts_after_every_third_bad_epoch() {
    assert_eq!(cuts(PlateauConfig::default(), &[1.0; 11]), [3, 6, 9]);
}

#[test]
fn keras2_cuts_after_the_fourth_bad_epoch_and_then_every_third() {
    assert_eq!(cuts(keras2_plateau(), &[1.0; 12]), [4, 7, 10]);
}

#[test]
fn tf26_stops_after_the_tenth_bad_epoch_and_keras2_after_the_eleventh() {
    let keras2 = EarlyStoppingConfig { keras_version: KerasVersion::Keras2, ..Default::default() };
    assert_eq!(stop(EarlyStoppingConfig::default(), &[1.0; 20]), Some(10));
    assert_eq!(stop(keras2, &[1.0; 20]), Some(11));
}

#[test]
fn a_loss_that_falls_by_exactly_min_delta_is_a_bad_epoch() {
    let plateau = PlateauConfig { min_delta: 0.25, patience: 1, ..Default::default() };
    assert_eq!(cuts(plateau, &[1.0, 0.75]), [1]);
    assert!(cuts(plateau, &[1.0, 0.7]).is_empty());
    let stopping = EarlyStoppingConfig { min_delta: 0.25, patience: 1, ..Default::default() };
    assert_eq!(stop(stopping, &[1.0, 0.75]), Some(1));
    assert_eq!(stop(stopping, &[1.0, 0.7]), None);
}

#[test]
fn keras2_counts_bad_epochs_anew_after_a_cooldown() {
    let config = PlateauConfig { cooldown: 3, ..keras2_plateau() };
    // Epoch 4 cuts; 5 and 6 are cooled down; 7, 8 and 9 are counted; 10 cuts.
    assert_eq!(cuts(config, &[1.0; 12]), [4, 10]);
}

#[test]
fn the_learning_rate_never_falls_below_min_lr() {
    let config = PlateauConfig { min_lr: 0.004, patience: 1, ..Default::default() };
    let mut rule = ReduceLrOnPlateau::new(config).unwrap();
    let mut lr = 0.01;
    let rates = [1.0; 5].map(|loss| {
        lr = rule.observe(loss, lr);
        lr
    });
    assert_eq!(rates, [0.01, 0.005, 0.004, 0.004, 0.004]);
}

#[test]
fn losses_that_are_no_number_are_bad_epochs_and_never_the_best() {
    for keras_version in [KerasVersion::Keras2, KerasVersion::Tf26] {
        let plateau = PlateauConfig { keras_version, ..Default::default() };
        let stopping = EarlyStoppingConfig { keras_version, ..Default::default() };
        for broken in [f64::NAN, f64::INFINITY] {
            let mut losses = vec![1.0; 20];
            losses[1..].fill(broken);
            assert_eq!(cuts(plateau, &losses), cuts(plateau, &[1.0; 20]));
            assert_eq!(stop(stopping, &losses), stop(stopping, &[1.0; 20]));
            // A broken first epoch is forgotten as soon as a loss is finite.
            let falling: Vec<f64> =
                (0..20).map(|epoch| if epoch == 0 { broken } else { -f64::from(epoch) }).collect();
            assert!(cuts(plateau, &falling).is_empty());
            assert_eq!(stop(stopping, &falling), None);
        }
    }
}

#[test]
fn settings_outside_their_range_are_typed_errors() {
    let plateaus = [
        PlateauConfig { factor: 1.0, ..Default::default() },
        PlateauConfig { factor: f64::NAN, ..Default::default() },
        PlateauConfig { min_delta: -1e-4, ..Default::default() },
        PlateauConfig { min_lr: f64::NAN, ..Default::default() },
    ];
    for config in plateaus {
        assert!(matches!(ReduceLrOnPlateau::new(config), Err(Error::Config { .. })), "{config:?}");
    }
    let stopping = EarlyStoppingConfig { min_delta: -0.01, ..Default::default() };
    assert!(matches!(EarlyStopping::new(stopping), Err(Error::Config { .. })));
}
