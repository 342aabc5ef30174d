//! Cross-entropy and its gradient.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::candle::{DType, Device, Result, Tensor, Var};
use mgc_train::{ClassWeights, cross_entropy, smoothed_cross_entropy, weighted_cross_entropy};
use proptest::prelude::*;

/// Written by `fixtures/generate.py`.
const WEIGHTED_BY_KERAS3: &str = include_str!("fixtures/weights_keras3.csv");

const LABELS: [u32; 3] = [2, 0, 1];

fn logits() -> [[f64; 4]; 3] {
    [[0.3, -1.2, 2.0, 0.5], [1.5, 1.5, -0.7, 0.0], [-3.0, 0.2, 0.1, 4.0]]
}

fn labels() -> Result<Tensor> {
    Tensor::new(&LABELS, &Device::Cpu)
}

fn loss_of(logits: &[[f64; 4]; 3]) -> Result<f64> {
    cross_entropy(&Tensor::new(logits, &Device::Cpu)?, &labels()?)?.to_scalar()
}

fn gradient_of(logits: &[[f64; 4]; 3]) -> Result<Vec<Vec<f64>>> {
    let var = Var::new(logits, &Device::Cpu)?;
    let grads = cross_entropy(&var, &labels()?)?.backward()?;
    grads.get(&var).unwrap().to_vec2()
}

#[test]
fn the_loss_is_the_mean_of_the_negative_log_probabilities() -> Result<()> {
    /// f64 arithmetic in another order of operations.
    const TOLERANCE: f64 = 1e-14;
    let each = logits().into_iter().zip(LABELS).map(|(row, label)| {
        let sum: f64 = row.iter().map(|logit| logit.exp()).sum();
        -(row[label as usize].exp() / sum).ln()
    });
    let expected = each.sum::<f64>() / 3.0;
    assert!((loss_of(&logits())? - expected).abs() < TOLERANCE);
    Ok(())
}

#[test]
fn the_gradient_equals_central_differences() -> Result<()> {
    const STEP: f64 = 1e-5;
    /// STEP squared times the third derivative, and rounding over STEP.
    const TOLERANCE: f64 = 1e-10;
    let gradient = gradient_of(&logits())?;
    for (row, row_gradient) in gradient.iter().enumerate() {
        for (class, actual) in row_gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut logits = logits();
                logits[row][class] += by;
                loss_of(&logits)
            };
            let expected = (moved(STEP)? - moved(-STEP)?) / (2.0 * STEP);
            assert!((actual - expected).abs() < TOLERANCE, "{row} {class}: {actual}, expected {expected}");
        }
    }
    Ok(())
}

#[test]
fn smoothed_labels_are_the_cross_entropy_of_the_mixed_target() -> Result<()> {
    /// f64 arithmetic in another order of operations.
    const TOLERANCE: f64 = 1e-14;
    const SMOOTHING: f64 = 0.1;
    let each = logits().into_iter().zip(LABELS).map(|(row, label)| {
        let sum: f64 = row.iter().map(|logit| logit.exp()).sum();
        let target = |class| SMOOTHING / 4.0 + if class == label as usize { 1.0 - SMOOTHING } else { 0.0 };
        row.iter().enumerate().map(|(class, logit)| -target(class) * (logit.exp() / sum).ln()).sum::<f64>()
    });
    let expected = each.sum::<f64>() / 3.0;
    let var = Var::new(&logits(), &Device::Cpu)?;
    let loss = smoothed_cross_entropy(&var, &labels()?, SMOOTHING)?;
    assert!((loss.to_scalar::<f64>()? - expected).abs() < TOLERANCE);
    let gradient: Vec<Vec<f64>> = loss.backward()?.get(&var).unwrap().to_vec2()?;
    for ((row, label), gradient) in logits().iter().zip(LABELS).zip(gradient) {
        let sum: f64 = row.iter().map(|logit| logit.exp()).sum();
        for class in 0..4 {
            let target = SMOOTHING / 4.0 + if class == label as usize { 1.0 - SMOOTHING } else { 0.0 };
            assert!((gradient[class] - (row[class].exp() / sum - target) / 3.0).abs() < TOLERANCE);
        }
    }
    Ok(())
}

#[test]
fn balanced_losses_equal_keras_3_with_the_weights_of_scikit_learn() -> Result<()> {
    /// f64 arithmetic in another order of operations.
    const TOLERANCE: f64 = 1e-14;
    for row in WEIGHTED_BY_KERAS3.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let numbers = |cell: &str| cell.split(' ').map(|n| n.parse().unwrap()).collect::<Vec<f64>>();
        let labels: Vec<u32> = cells[1].chars().filter_map(|label| label.to_digit(10)).collect();
        let expected = numbers(cells[3]);
        let mut counts = vec![0; expected.len()];
        labels.iter().for_each(|label| counts[*label as usize] += 1);
        let weights = ClassWeights::Balanced.weights(&counts).unwrap();
        assert!(weights.iter().zip(&expected).all(|(a, b)| (a - b).abs() < TOLERANCE), "{weights:?}");
        let logits = Tensor::from_vec(numbers(cells[2]), (labels.len(), counts.len()), &Device::Cpu)?;
        let labels = Tensor::new(labels, &Device::Cpu)?;
        let loss = weighted_cross_entropy(&logits, &labels, cells[0].parse().unwrap(), &weights)?;
        let (loss, expected): (f64, f64) = (loss.to_scalar()?, cells[4].parse().unwrap());
        assert!((loss - expected).abs() < TOLERANCE * expected, "{loss}, expected {expected}");
    }
    Ok(())
}

#[test]
fn the_gradient_of_the_weighted_loss_equals_central_differences() -> Result<()> {
    const STEP: f64 = 1e-5;
    /// STEP squared times the third derivative, and rounding over STEP.
    const TOLERANCE: f64 = 1e-10;
    const WEIGHTS: [f64; 4] = [0.25, 3.0, 0.5, 1.0];
    let loss = |logits: &Tensor| weighted_cross_entropy(logits, &labels()?, 0.1, &WEIGHTS);
    let var = Var::new(&logits(), &Device::Cpu)?;
    let gradient: Vec<Vec<f64>> = loss(&var)?.backward()?.get(&var).unwrap().to_vec2()?;
    for (row, row_gradient) in gradient.iter().enumerate() {
        for (class, actual) in row_gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut logits = logits();
                logits[row][class] += by;
                loss(&Tensor::new(&logits, &Device::Cpu)?)?.to_scalar::<f64>()
            };
            let expected = (moved(STEP)? - moved(-STEP)?) / (2.0 * STEP);
            assert!((actual - expected).abs() < TOLERANCE, "{row} {class}: {actual}, expected {expected}");
        }
    }
    Ok(())
}

#[test]
fn equal_weights_change_nothing_and_a_missing_one_is_an_error() -> Result<()> {
    let logits = Tensor::new(&logits(), &Device::Cpu)?;
    let weighted = weighted_cross_entropy(&logits, &labels()?, 0.0, &[1.0; 4])?.to_scalar::<f64>()?;
    assert_eq!(weighted, cross_entropy(&logits, &labels()?)?.to_scalar::<f64>()?);
    assert!(weighted_cross_entropy(&logits, &labels()?, 0.0, &[1.0; 2]).is_err());
    Ok(())
}

#[test]
fn a_smoothing_outside_its_range_is_an_error() -> Result<()> {
    let logits = Tensor::new(&logits(), &Device::Cpu)?;
    for bad in [-0.1, 1.0, f64::NAN] {
        assert!(smoothed_cross_entropy(&logits, &labels()?, bad).is_err());
    }
    Ok(())
}

#[test]
fn huge_logits_give_a_finite_loss_and_gradient() -> Result<()> {
    let huge = [[1e5, -1e5, 0.0, 0.0], [0.0, 1e5, 0.0, 0.0], [0.0, 1e5, 0.0, -1e5]];
    /// One rounding of the mean.
    const TOLERANCE: f64 = 1e-10;
    assert!((loss_of(&huge)? - 2e5 / 3.0).abs() < TOLERANCE);
    assert!(gradient_of(&huge)?.iter().flatten().all(|g| g.is_finite()));
    Ok(())
}

#[test]
fn a_label_beyond_the_classes_is_an_error() -> Result<()> {
    let logits = Tensor::zeros((1, 4), DType::F32, &Device::Cpu)?;
    assert!(cross_entropy(&logits, &Tensor::new(&[4u32], &Device::Cpu)?).is_err());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_row_of_the_gradient_sums_to_zero(logits: [[i8; 4]; 3]) {
        /// Four terms of at most 1/3.
        const TOLERANCE: f64 = 1e-15;
        let logits = logits.map(|row| row.map(f64::from));
        for row in gradient_of(&logits).unwrap() {
            prop_assert!(row.iter().sum::<f64>().abs() < TOLERANCE);
        }
    }

    #[test]
    fn a_shift_of_all_logits_leaves_the_loss_as_it_was(logits: [[i8; 4]; 3], shift: i16) {
        let logits = logits.map(|row| row.map(f64::from));
        let shifted = logits.map(|row| row.map(|logit| logit + f64::from(shift)));
        prop_assert_eq!(loss_of(&logits).unwrap(), loss_of(&shifted).unwrap());
    }
}
