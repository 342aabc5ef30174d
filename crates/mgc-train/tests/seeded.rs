//! Seeded initial values and orders.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::init::{FanInOut, NonLinearity, NormalOrUniform};
use candle_nn::{Init, VarMap};
use mgc_train::candle::{DType, Device, Result};
use mgc_train::{Sampler, SamplerConfig, epoch_order, seeded, trainable};
use proptest::prelude::*;

/// Written by `fixtures/generate.py` with a ChaCha8 of its own.
const STREAMS: &str = include_str!("fixtures/streams_chacha8.csv");

/// Values per statistical test, and the standard errors by which a moment may miss; the seeds are
/// fixed, so a test that passes once passes always.
const DRAWS: usize = 100_000;
const ERRORS: f64 = 4.0;

const NORMAL: Init = Init::Randn { mean: 0.0, stdev: 1.0 };
const UNIFORM: Init = Init::Uniform { lo: 0.0, up: 1.0 };

fn values(seed: u64, name: &str, shape: impl Into<mgc_train::candle::Shape>, init: Init) -> Vec<f64> {
    let vb = seeded(&VarMap::new(), seed, DType::F64, &Device::Cpu);
    vb.get_with_hints(shape, name, init).and_then(|t| t.flatten_all()?.to_vec1()).unwrap()
}

fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64;
    (mean, variance.sqrt())
}

/// Twelve examples whose groups have 1, 3, 5 and 3 of them, drawn by the root of these sizes.
fn drawn(seed: u64, epoch: usize) -> Vec<f64> {
    let groups: Vec<usize> = (0..12).map(usize::isqrt).collect();
    let config = SamplerConfig { group_power: Some(0.5), ..Default::default() };
    let draws = Sampler::new(config, 12, Some(&groups)).unwrap().order(seed, epoch);
    draws.into_iter().map(|example| example as f64).collect()
}

#[test]
fn streams_equal_an_independent_chacha8() {
    for row in STREAMS.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (seed, name, kind) = (fields[0].parse().unwrap(), fields[1], fields[2]);
        let expected: Vec<f64> = fields[3..].iter().map(|number| number.parse().unwrap()).collect();
        let actual = match kind {
            "uniform" => values(seed, name, 12, UNIFORM),
            "normal" => values(seed, name, 12, NORMAL),
            "draw" => drawn(seed, name.parse().unwrap()),
            _ => epoch_order(seed, name.parse().unwrap(), 12).into_iter().map(|i| i as f64).collect(),
        };
        assert_eq!(actual, expected, "{row}");
    }
}

#[test]
fn normal_values_have_the_moments_of_the_truncated_normal_and_its_bound() {
    /// Of a unit normal conditioned on [-2, 2].
    const STD: f64 = 0.879_625_661_034_239_8;
    let draws = values(1, "normal", DRAWS, NORMAL);
    let (mean, std) = mean_and_std(&draws);
    assert!(mean.abs() < ERRORS * STD / (DRAWS as f64).sqrt(), "mean {mean}");
    assert!((std - STD).abs() < ERRORS * STD / (2.0 * DRAWS as f64).sqrt(), "std {std}");
    assert!(draws.iter().all(|x| x.abs() <= 2.0));
    assert!(draws.iter().any(|x| x.abs() > 1.99), "the tails are reached");
    // P(|x| < 1 given |x| < 2) = 0.682689 / 0.954500.
    let inner = draws.iter().filter(|x| x.abs() < 1.0).count() as f64 / DRAWS as f64;
    assert!((inner - 0.715_232).abs() < ERRORS * (0.715_232 * 0.284_768 / DRAWS as f64).sqrt(), "{inner}");
}

#[test]
fn lecun_normal_has_the_deviation_of_its_fan_in() {
    let fan_in = 9.0 * 32.0;
    let init = Init::Randn { mean: 0.0, stdev: (1.0_f64 / fan_in).sqrt() / 0.879_625_661_034_239_8 };
    let (_, std) = mean_and_std(&values(1, "conv", (32, 32, 3, 3), init));
    let expected = (1.0_f64 / fan_in).sqrt();
    assert!((std / expected - 1.0).abs() < ERRORS / (2.0 * 9216.0_f64).sqrt(), "{std}, expected {expected}");
}

#[test]
fn uniform_values_fill_their_range_evenly() {
    let draws = values(1, "uniform", DRAWS, Init::Uniform { lo: -3.0, up: 1.0 });
    let (mean, std) = mean_and_std(&draws);
    let expected = 4.0 / 12f64.sqrt();
    assert!((mean + 1.0).abs() < ERRORS * expected / (DRAWS as f64).sqrt(), "mean {mean}");
    assert!((std / expected - 1.0).abs() < ERRORS / (DRAWS as f64).sqrt(), "std {std}");
    assert!(draws.iter().all(|x| (-3.0..1.0).contains(x)));
}

#[test]
fn kaiming_values_have_hes_deviation() {
    for dist in [NormalOrUniform::Normal, NormalOrUniform::Uniform] {
        let init = Init::Kaiming { dist, fan: FanInOut::FanIn, non_linearity: NonLinearity::ReLU };
        let (_, std) = mean_and_std(&values(1, "he", (100, 1000), init));
        let expected = (2.0_f64 / 1000.0).sqrt();
        assert!((std / expected - 1.0).abs() < ERRORS / (DRAWS as f64).sqrt(), "{dist:?}: {std}");
    }
}

#[test]
fn constants_are_constant() {
    assert_eq!(values(1, "bias", 3, Init::Const(0.25)), [0.25; 3]);
}

#[test]
fn tensors_seeds_and_names_have_streams_of_their_own() {
    let one = values(1, "a", 100, UNIFORM);
    assert_ne!(one, values(2, "a", 100, UNIFORM));
    assert_ne!(one, values(1, "b", 100, UNIFORM));
}

#[test]
fn another_layer_leaves_the_values_of_the_first_as_they_were() -> Result<()> {
    let build = |layers: &[&str]| -> Result<Vec<f32>> {
        let vb = seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu);
        let built = layers.iter().map(|name| candle_nn::linear(3, 4, vb.pp(name)));
        let built = built.collect::<Result<Vec<_>>>()?;
        built[layers.len() - 1].weight().flatten_all()?.to_vec1()
    };
    assert_eq!(build(&["head"])?, build(&["stem", "block", "head"])?);
    Ok(())
}

#[test]
fn single_precision_values_are_the_rounded_double_ones() -> Result<()> {
    let vb = seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu);
    let single: Vec<f32> = vb.get_with_hints(1000, "w", NORMAL)?.to_vec1()?;
    let double: Vec<f32> = values(1, "w", 1000, NORMAL).into_iter().map(|x| x as f32).collect();
    assert_eq!(single, double);
    Ok(())
}

#[test]
fn a_name_gives_one_variable_and_refuses_another_shape_or_type() -> Result<()> {
    let vars = VarMap::new();
    let vb = seeded(&vars, 1, DType::F32, &Device::Cpu);
    let first = vb.get_with_hints(4, "w", UNIFORM)?;
    assert!(vb.contains_tensor("w") && !vb.contains_tensor("v"));
    assert_eq!(first.to_vec1::<f32>()?, vb.get_with_hints(4, "w", NORMAL)?.to_vec1::<f32>()?);
    assert_eq!(first.to_vec1::<f32>()?, vb.get_unchecked("w")?.to_vec1::<f32>()?);
    assert_eq!(vars.all_vars().len(), 1);
    assert!(vb.get(5, "w").unwrap_err().to_string().contains("shape"));
    assert!(vb.to_dtype(DType::F64).get(4, "w").unwrap_err().to_string().contains("F32"));
    assert!(vb.get_unchecked("v").is_err());
    Ok(())
}

#[test]
fn trainable_variables_are_sorted_and_leave_out_running_statistics() -> Result<()> {
    let vars = VarMap::new();
    let vb = seeded(&vars, 1, DType::F32, &Device::Cpu);
    candle_nn::batch_norm(4, 1e-3, vb.pp("stem.bn"))?;
    candle_nn::linear(4, 2, vb.pp("head.fc"))?;
    vb.get(1, "running_mean_of_means")?;
    let names: Vec<String> = trainable(&vars)?.into_iter().map(|(name, _)| name).collect();
    let expected =
        ["head.fc.bias", "head.fc.weight", "running_mean_of_means", "stem.bn.bias", "stem.bn.weight"];
    assert_eq!(names, expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn an_order_is_a_permutation(seed: u64, epoch in 0..1000_usize, len in 0..200_usize) {
        let mut order = epoch_order(seed, epoch, len);
        order.sort_unstable();
        prop_assert!(order.into_iter().eq(0..len));
    }
}
