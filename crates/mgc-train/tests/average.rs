//! The average of the weights against PyTorch's, and its laws.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::candle::{Device, Result, Tensor, Var};
use mgc_train::{AverageConfig, Error, WeightAverage};
use proptest::prelude::*;

/// f64 arithmetic in another order of operations.
const F64: f64 = 1e-12;

/// Written by `fixtures/generate_torch.py`, with a decay of at most 0.75.
const TORCH: &str = include_str!("fixtures/average_torch.csv");

fn average(var: &Var, decay: f64) -> WeightAverage {
    let config = AverageConfig { decay, ..Default::default() };
    WeightAverage::new([("w".to_string(), var.clone())], config).unwrap()
}

fn set(var: &Var, values: &[f64]) -> Result<()> {
    var.set(&Tensor::new(values, &Device::Cpu)?)
}

fn value(average: &WeightAverage) -> Vec<f64> {
    average.values().next().unwrap().1.to_vec1().unwrap()
}

#[test]
fn forty_updates_equal_pytorch() -> std::result::Result<(), Error> {
    let rows = TORCH.lines().skip(1).map(|row| {
        let numbers: Vec<f64> = row.split(',').map(|number| number.parse().unwrap()).collect();
        (numbers[..4].to_vec(), numbers[4..].to_vec())
    });
    let rows: Vec<_> = rows.collect();
    let var = Var::new(rows[0].0.as_slice(), &Device::Cpu)?;
    let mut average = average(&var, 0.75);
    for (step, (theta, expected)) in rows.iter().enumerate() {
        if step > 0 {
            set(&var, theta)?;
            average.update()?;
        }
        for (value, expected) in value(&average).iter().zip(expected) {
            assert!((value - expected).abs() <= F64, "step {step}: {value}, expected {expected}");
        }
    }
    assert_eq!(rows.len(), 41);
    Ok(())
}

#[test]
fn a_decay_outside_its_range_is_a_typed_error() {
    for decay in [-0.1, 1.0, f64::NAN] {
        let config = AverageConfig { decay, ..Default::default() };
        assert!(matches!(WeightAverage::new([], config), Err(Error::Config { .. })), "{decay}");
    }
}

#[test]
fn a_decay_of_zero_keeps_the_newest_weights() -> std::result::Result<(), Error> {
    let var = Var::new(&[1.0, 2.0], &Device::Cpu)?;
    let mut average = average(&var, 0.0);
    set(&var, &[3.0, 5.0])?;
    average.update()?;
    assert_eq!(value(&average), [3.0, 5.0]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_average_of_a_constant_is_the_constant(
        start in -1e3..1e3, decay in 0.0..1.0, updates in 0usize..50,
    ) {
        let var = Var::new(&[start], &Device::Cpu).unwrap();
        let mut average = average(&var, decay);
        (0..updates).for_each(|_| average.update().unwrap());
        prop_assert_eq!(value(&average), [start]);
    }

    #[test]
    fn the_average_lies_between_the_weights_that_it_has_seen(
        weights in prop::collection::vec(-10.0..10.0, 1..40), decay in 0.0..1.0,
    ) {
        let var = Var::new(&[weights[0]], &Device::Cpu).unwrap();
        let mut average = average(&var, decay);
        for weight in &weights[1..] {
            set(&var, &[*weight]).unwrap();
            average.update().unwrap();
        }
        let (low, high) = weights.iter().fold((f64::MAX, f64::MIN), |(low, high), w| (low.min(*w), high.max(*w)));
        let value = value(&average)[0];
        prop_assert!((low - F64..=high + F64).contains(&value), "{value} not in [{low}, {high}]");
    }
}
