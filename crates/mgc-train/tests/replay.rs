//! The rules of a run applied to losses that are known.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::{EarlyStoppingConfig, Error, KerasVersion, PlateauConfig, Replay, replay};

fn keras2(losses: &[f64], max_epochs: usize) -> Replay {
    let plateau = PlateauConfig { keras_version: KerasVersion::Keras2, ..Default::default() };
    let stopping = EarlyStoppingConfig { keras_version: KerasVersion::Keras2, ..Default::default() };
    replay(losses, 0.01, plateau, stopping, max_epochs).unwrap()
}

#[test]
fn a_loss_that_stagnates_lowers_the_rate_and_then_ends_the_run() {
    let run = keras2(&[1.0; 40], 100);
    let expected = [[0.01; 5].as_slice(), &[0.005; 3], &[0.0025; 3], &[0.00125; 1]].concat();
    assert_eq!(run.rates, expected);
    assert!(run.ended);
}

#[test]
fn losses_that_run_out_do_not_end_a_run() {
    let run = keras2(&[3.0, 2.0, 1.0], 100);
    assert_eq!((run.rates.as_slice(), run.ended), ([0.01; 3].as_slice(), false));
}

#[test]
fn the_most_epochs_end_a_run_that_would_go_on() {
    let run = keras2(&[3.0, 2.0, 1.0, 0.5], 3);
    assert_eq!((run.rates.len(), run.ended), (3, true));
}

#[test]
fn a_run_without_losses_has_no_epoch() {
    let run = keras2(&[], 100);
    assert!(run.rates.is_empty() && !run.ended);
}

#[test]
fn settings_of_a_rule_that_are_out_of_range_are_an_error() {
    let plateau = PlateauConfig { factor: 2.0, ..Default::default() };
    let error = replay(&[1.0], 0.01, plateau, EarlyStoppingConfig::default(), 100).unwrap_err();
    assert!(matches!(error, Error::Config { .. }), "{error}");
}
