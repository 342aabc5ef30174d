//! Batch normalisation against its definition and finite differences.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, seeded, values};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{Activation, BatchNormConfig, batch_norm_eval, batch_norm_train, channel_statistics};

/// A handful of operations of order one in f64.
const TOLERANCE: f64 = 1e-12;

fn configs() -> [BatchNormConfig; 3] {
    [Activation::Identity, Activation::Relu, Activation::Selu]
        .map(|activation| BatchNormConfig { activation, ..Default::default() })
}

/// By definition, with the constants of SELU written out.
fn activated(z: &Tensor, activation: Activation) -> Result<Tensor> {
    match activation {
        Activation::Identity => Ok(z.clone()),
        Activation::Relu => z.relu(),
        Activation::Selu => {
            let below =
                ((z.minimum(0.0)?.exp()? - 1.0)? * (1.050_700_987_355_480_5 * 1.673_263_242_354_377_2))?;
            z.relu()? * 1.050_700_987_355_480_5 + below
        }
    }
}

#[test]
fn statistics_are_mean_and_biased_variance() -> Result<()> {
    let x = seeded(1, &[3, 2, 7, 41])?; // 287 cells a plane: whole runs, whole lanes and a rest
    let statistics = channel_statistics(&x)?;
    for channel in 0..2 {
        let cells = values(&x.narrow(1, channel, 1)?)?;
        let mean = cells.iter().sum::<f64>() / cells.len() as f64;
        let variance = cells.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / cells.len() as f64;
        assert!((statistics.mean[channel] - mean).abs() < TOLERANCE);
        assert!((statistics.variance[channel] - variance).abs() < TOLERANCE);
    }
    Ok(())
}

#[test]
fn single_precision_statistics_survive_a_mean_far_from_zero() -> Result<()> {
    let x = (seeded(1, &[4, 1, 161, 128])?.as_tensor() + 1000.0)?;
    let (exact, single) = (channel_statistics(&x)?, channel_statistics(&x.to_dtype(DType::F32)?)?);
    // inputs of 1000 are rounded by 3e-5; a naive E[x^2] - E[x]^2 in f32 would be off by about 0.1
    assert!((exact.variance[0] - single.variance[0]).abs() < 1e-4);
    Ok(())
}

#[test]
fn training_normalises_each_channel_and_then_activates() -> Result<()> {
    let (x, weight, bias) = (seeded(2, &[2, 3, 4, 5])?, seeded(3, &[3])?, seeded(4, &[3])?);
    let statistics = channel_statistics(&x)?;
    let column = |v: &[f64]| Tensor::new(v, &Device::Cpu)?.reshape((1, 3, 1, 1));
    let deviation = (column(&statistics.variance)? + 1e-3)?.sqrt()?;
    let z = x.broadcast_sub(&column(&statistics.mean)?)?.broadcast_div(&deviation)?;
    let z = z.broadcast_mul(&weight.reshape((1, 3, 1, 1))?)?.broadcast_add(&bias.reshape((1, 3, 1, 1))?)?;
    for config in configs() {
        let expected = activated(&z, config.activation)?;
        assert!(
            distance(&batch_norm_train(&x, &statistics, &weight, &bias, &config)?, &expected)? < TOLERANCE
        );
        let (mean, var) = (
            Tensor::new(&*statistics.mean, &Device::Cpu)?,
            Tensor::new(&*statistics.variance, &Device::Cpu)?,
        );
        assert!(
            distance(&batch_norm_eval(&x, &mean, &var, &weight, &bias, &config)?, &expected)? < TOLERANCE
        );
    }
    Ok(())
}

#[test]
fn gradients_flow_through_the_batch_statistics_with_weights_of_both_signs() -> Result<()> {
    let (x, weight, bias) = (seeded(5, &[2, 3, 3, 4])?, seeded(6, &[3])?, seeded(7, &[3])?);
    assert!(values(&weight)?.iter().any(|w| *w < 0.0) && values(&weight)?.iter().any(|w| *w > 0.0));
    for config in configs() {
        check_gradients(&[&x, &weight, &bias], || {
            batch_norm_train(&x, &channel_statistics(&x)?, &weight, &bias, &config)
        })?;
    }
    Ok(())
}

#[test]
fn running_statistics_are_constants_to_the_gradient() -> Result<()> {
    let (x, weight, bias) = (seeded(5, &[2, 3, 3, 4])?, seeded(6, &[3])?, seeded(7, &[3])?);
    let (mean, var) = (seeded(8, &[3])?, (seeded(9, &[3])?.as_tensor() + 1.5)?.detach());
    for config in configs() {
        check_gradients(&[&x, &weight, &bias], || batch_norm_eval(&x, &mean, &var, &weight, &bias, &config))?;
    }
    Ok(())
}

/// The map `x` activated, nothing else: mean 0, variance and epsilon that add to 1, weight 1, bias 0.
fn only_activated(x: &Tensor, activation: Activation) -> Result<Tensor> {
    let full = |value: f64| Tensor::new(&[value], &Device::Cpu);
    let config = BatchNormConfig { activation, epsilon: 0.5 };
    batch_norm_eval(x, &full(0.0)?, &full(0.5)?, &full(1.0)?, &full(0.0)?, &config)
}

#[test]
fn at_zero_relu_has_slope_zero_and_selu_lambda() -> Result<()> {
    let x = Var::zeros((1, 1, 1, 2), DType::F64, &Device::Cpu)?;
    for (activation, slope) in [(Activation::Relu, 0.0), (Activation::Selu, 1.050_700_987_355_480_5)] {
        let gradients = only_activated(&x, activation)?.sum_all()?.backward()?;
        assert_eq!(gradients.get(&x).map(values).transpose()?, Some(vec![slope; 2]));
    }
    Ok(())
}

#[test]
fn selu_keeps_its_digits_near_zero_and_saturates_far_below() -> Result<()> {
    let x = Var::new(&[[[[-1e-12, 2.0, -800.0, f64::NEG_INFINITY]]]], &Device::Cpu)?;
    let y = only_activated(&x, Activation::Selu)?;
    let floor = 1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;
    let expected = [-1e-12 * floor, 2.101_401_974_710_961, -floor, -floor];
    for (y, expected) in values(&y)?.into_iter().zip(expected) {
        assert!((y / expected - 1.0).abs() < TOLERANCE, "{y:e} is not {expected:e}");
    }
    let gradient = y.sum_all()?.backward()?.get(&x).map(values).transpose()?.unwrap();
    assert!(gradient[2].abs() < 1e-300);
    Ok(())
}

#[test]
fn a_wrong_number_of_channels_is_an_error() -> Result<()> {
    let (x, weight) = (seeded(5, &[2, 3, 3, 4])?, seeded(6, &[2])?);
    assert!(
        batch_norm_train(&x, &channel_statistics(&x)?, &weight, &weight, &BatchNormConfig::default())
            .is_err()
    );
    Ok(())
}

#[test]
fn every_activation_passes_on_what_is_not_a_number() -> Result<()> {
    let x = Tensor::full(f64::NAN, (1, 1, 1, 2), &Device::Cpu)?;
    for config in configs() {
        assert!(values(&only_activated(&x, config.activation)?)?.iter().all(|v| v.is_nan()));
    }
    Ok(())
}

#[test]
fn a_map_without_cells_and_an_epsilon_of_zero_are_errors() -> Result<()> {
    let (x, weight) = (seeded(5, &[2, 3, 3, 4])?, seeded(6, &[3])?);
    let empty = Tensor::zeros((1, 3, 0, 4), DType::F64, &Device::Cpu)?;
    let statistics = channel_statistics(&x)?;
    assert!(channel_statistics(&empty).is_err());
    assert!(batch_norm_train(&empty, &statistics, &weight, &weight, &BatchNormConfig::default()).is_err());
    let config = BatchNormConfig { epsilon: 0.0, ..Default::default() };
    assert!(batch_norm_train(&x, &statistics, &weight, &weight, &config).is_err());
    Ok(())
}
