//! Group normalisation against its definition and finite differences.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, same_bytes_on_any_number_of_threads, seeded, values};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{Activation, GroupNormConfig, group_norm};
use proptest::prelude::*;

/// Sums of a few hundred terms of order one in f64, divided by a deviation of at least 0.03.
const TOLERANCE: f64 = 1e-11;
/// The same in f32.
const TOLERANCE_F32: f64 = 1e-5;

const ACTIVATIONS: [Activation; 3] = [Activation::Identity, Activation::Relu, Activation::Selu];

/// One cell after the other, by definition.
fn naive(x: &Tensor, weight: &Tensor, bias: &Tensor, config: &GroupNormConfig) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let (weight, bias, size) = (values(weight)?, values(bias)?, c / config.groups);
    let mut y = vec![];
    for sample in 0..n {
        for channel in 0..c {
            let group = values(&x.get(sample)?.narrow(0, channel / size * size, size)?)?;
            let mean = group.iter().sum::<f64>() / group.len() as f64;
            let variance = group.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / group.len() as f64;
            for cell in values(&x.get(sample)?.get(channel)?)? {
                let z = weight[channel] * (cell - mean) / (variance + config.epsilon).sqrt() + bias[channel];
                y.push(match config.activation {
                    Activation::Identity => z,
                    Activation::Relu => z.max(0.0),
                    Activation::Selu if z > 0.0 => 1.050_700_987_355_480_5 * z,
                    Activation::Selu => 1.050_700_987_355_480_5 * 1.673_263_242_354_377_2 * (z.exp() - 1.0),
                });
            }
        }
    }
    Tensor::from_vec(y, (n, c, h, w), &Device::Cpu)
}

proptest! {
    #[test]
    fn every_cell_is_what_the_definition_gives(
        (n, groups, size) in (1usize..4, 1usize..4, 1usize..5),
        (h, w) in (1usize..8, 1usize..8),
        activation in proptest::sample::select(&ACTIVATIONS[..]),
        seed in any::<u64>(),
    ) {
        let c = groups * size;
        let x = seeded(seed, &[n, c, h, w]).unwrap();
        let (weight, bias) = (seeded(2, &[c]).unwrap(), seeded(3, &[c]).unwrap());
        let config = GroupNormConfig { groups, activation, ..Default::default() };
        let expected = naive(&x, &weight, &bias, &config).unwrap();
        let y = group_norm(&x, &weight, &bias, &config).unwrap();
        prop_assert!(distance(&y, &expected).unwrap() < TOLERANCE);
        let single = |t: &Tensor| t.to_dtype(DType::F32).unwrap();
        let y = group_norm(&single(&x), &single(&weight), &single(&bias), &config).unwrap();
        // the deviation of a single cell is sqrt(epsilon): what rounding leaves there is scaled up by 32
        prop_assert!(distance(&y, &expected).unwrap() < 32.0 * TOLERANCE_F32);
    }
}

#[test]
fn gradients_flow_through_the_statistics_with_weights_of_both_signs() -> Result<()> {
    for (shape, groups) in [([2, 4, 3, 3], 2), ([1, 3, 2, 5], 3), ([3, 2, 1, 1], 1)] {
        let (x, bias) = (seeded(5, &shape)?, seeded(8, &[shape[1]])?);
        let weight = Var::from_slice(&[0.8, -0.6, 1.3, -0.1][..shape[1]], shape[1], &Device::Cpu)?;
        for activation in ACTIVATIONS {
            let config = GroupNormConfig { groups, activation, ..Default::default() };
            check_gradients(&[&x, &weight, &bias], || group_norm(&x, &weight, &bias, &config))?;
        }
    }
    Ok(())
}

#[test]
fn a_group_of_one_cell_gives_the_bias_and_takes_no_gradient() -> Result<()> {
    let (x, weight, bias) = (seeded(5, &[2, 3, 1, 1])?, seeded(6, &[3])?, seeded(7, &[3])?);
    let config = GroupNormConfig { groups: 3, ..Default::default() };
    let y = group_norm(&x, &weight, &bias, &config)?;
    assert_eq!(values(&y)?, values(&Tensor::cat(&[bias.as_tensor(), &bias], 0)?)?);
    let gradients = common::weighted_sum(&y)?.backward()?;
    assert!(values(gradients.get(&x).unwrap())?.iter().all(|d| d.abs() < TOLERANCE));
    Ok(())
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let (x, weight, bias) = (seeded(1, &[3, 32, 20, 33])?, seeded(2, &[32])?, seeded(3, &[32])?);
    let config = GroupNormConfig { groups: 2, activation: Activation::Relu, ..Default::default() };
    same_bytes_on_any_number_of_threads(&[&x, &weight, &bias], || group_norm(&x, &weight, &bias, &config))
}

#[test]
fn what_is_not_a_number_spreads_over_its_group_and_no_further() -> Result<()> {
    let cells = Tensor::new(&[f64::NAN, 1.0, 2.0, 3.0], &Device::Cpu)?.reshape((1, 4, 1, 1))?;
    let one = Tensor::ones(4, DType::F64, &Device::Cpu)?;
    for activation in ACTIVATIONS {
        let config = GroupNormConfig { groups: 2, activation, ..Default::default() };
        let y = values(&group_norm(&cells, &one, &one, &config)?)?;
        assert_eq!([y[0].is_nan(), y[1].is_nan(), y[2].is_nan(), y[3].is_nan()], [true, true, false, false]);
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_an_error_that_shows_it() -> Result<()> {
    let (x, weight, bias) = (seeded(5, &[2, 6, 3, 4])?, seeded(6, &[6])?, seeded(7, &[6])?);
    let with = |groups, epsilon| GroupNormConfig { groups, epsilon, ..Default::default() };
    let message = |result: Result<Tensor>| result.unwrap_err().to_string();
    for groups in [0, 4, 7, usize::MAX] {
        let message = message(group_norm(&x, &weight, &bias, &with(groups, 1e-3)));
        assert!(message.contains(&format!("{groups} groups do not divide 6 channels")), "{message}");
    }
    let short = seeded(6, &[5])?;
    assert!(message(group_norm(&x, &short, &bias, &with(2, 1e-3))).contains("weight [5] and bias [6]"));
    for epsilon in [0.0, -1.0, f64::NAN] {
        assert!(message(group_norm(&x, &weight, &bias, &with(2, epsilon))).contains("must be above 0"));
    }
    let empty = Tensor::zeros((1, 6, 0, 4), DType::F64, &Device::Cpu)?;
    assert!(message(group_norm(&empty, &weight, &bias, &with(2, 1e-3))).contains("at least one element"));
    let single = weight.to_dtype(DType::F32)?;
    assert!(group_norm(&x, &single, &bias, &with(2, 1e-3)).is_err());
    let half = x.to_dtype(DType::F16)?;
    assert!(message(group_norm(&half, &weight, &bias, &with(2, 1e-3))).contains("f32 or f64"));
    Ok(())
}
