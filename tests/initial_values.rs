//! How networks start: the distributions that Keras draws from.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{VarBuilder, VarMap};
use mgc::candle::{DType, Device, Result, Tensor};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::train::seeded;

/// Standard errors by which a statistic may miss; the seed is fixed, so a test that passes once passes
/// always.
const ERRORS: f64 = 4.0;
/// Keras cuts normals off at two deviations and divides by the deviation that is left.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

fn start(config: &NetConfig) -> Result<VarMap> {
    let vars = VarMap::new();
    broadcast_net(config, seeded(&vars, 1, DType::F64, &Device::Cpu))?;
    Ok(vars)
}

fn tensor(vars: &VarMap, name: &str) -> Tensor {
    vars.data().lock().unwrap()[name].as_tensor().clone()
}

fn values(vars: &VarMap, name: &str) -> Vec<f64> {
    tensor(vars, name).flatten_all().unwrap().to_vec1().unwrap()
}

fn deviation(values: &[f64]) -> f64 {
    (values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64).sqrt()
}

/// Uniform in plus and minus sqrt(6 / (fan in + fan out)): bound, deviation.
fn assert_glorot(vars: &VarMap, name: &str, fan_in: f64, fan_out: f64) {
    let (values, limit) = (values(vars, name), (6.0 / (fan_in + fan_out)).sqrt());
    let largest = values.iter().fold(0f64, |largest, x| largest.max(x.abs()));
    let few = 1.0 - 12.0 / values.len() as f64; // that so many draws miss the last share is less likely than 1e-5
    assert!(largest <= limit && largest > few * limit, "{name}: {largest}, limit {limit}");
    let (found, expected) = (deviation(&values), limit / 3f64.sqrt());
    let error = ERRORS * (0.2 / values.len() as f64).sqrt(); // of the deviation of a uniform draw, relative
    assert!((found / expected - 1.0).abs() < error, "{name}: {found}, expected {expected}");
}

#[test]
fn kernels_of_the_baseline_are_glorot_uniform_by_their_fans() -> Result<()> {
    let vars = start(&Variant::Bbnn.config(10))?;
    assert_glorot(&vars, "stem.conv.weight", 9.0, 9.0 * 32.0);
    assert_glorot(&vars, "block3.b1.conv.weight", 288.0, 32.0);
    assert_glorot(&vars, "block1.b5.conv2.weight", 25.0 * 32.0, 25.0 * 32.0);
    assert_glorot(&vars, "head.fc.weight", 32.0, 10.0);
    Ok(())
}

#[test]
fn kernels_of_the_proposed_network_are_lecun_normal_but_for_the_classifier() -> Result<()> {
    let vars = start(&Variant::Proposed.config(10))?;
    for (name, fan_in) in [("block2.b5.conv2.weight", 288.0), ("trans.conv.weight", 544.0)] {
        let (values, expected) = (values(&vars, name), (1f64 / fan_in).sqrt());
        let found = deviation(&values);
        let error = ERRORS / (2.0 * values.len() as f64).sqrt();
        assert!((found / expected - 1.0).abs() < error, "{name}: {found}, expected {expected}");
        let bound = 2.0 * expected / TRUNCATED_DEVIATION;
        let largest = values.iter().fold(0f64, |largest, x| largest.max(x.abs()));
        assert!(largest <= bound && largest > 0.98 * bound, "{name}: {largest}, bound {bound}");
    }
    assert_glorot(&vars, "head.fc.weight", 32.0, 10.0);
    Ok(())
}

#[test]
fn a_depthwise_kernel_counts_its_channels_in_the_fan_in_alone_as_in_keras() -> Result<()> {
    let vars = start(&Variant::Xception.config(10))?;
    for (block, channels) in [(1, 32.0), (4, 416.0)] {
        assert_glorot(&vars, &format!("block{block}.dw.weight"), 9.0 * channels, 9.0);
        assert_glorot(&vars, &format!("block{block}.pw.weight"), channels, 128.0);
    }
    Ok(())
}

#[test]
fn a_recurrent_kernel_starts_orthogonal_and_only_the_forget_gate_is_open() -> Result<()> {
    /// Rounding of sums over 128 products.
    const TOLERANCE: f64 = 1e-14;
    let vars = start(&Variant::Lstm.config(10))?;
    for block in 1..=3 {
        let name = |leaf| format!("block{block}.lstm.rnn.{leaf}");
        assert_glorot(&vars, &name("weight_ih"), 32.0, 128.0);
        let kernel = tensor(&vars, &name("weight_hh"));
        let product: Vec<Vec<f64>> = kernel.t()?.matmul(&kernel)?.to_vec2()?;
        for (i, row) in product.iter().enumerate() {
            let unit = |j: usize| if i == j { 1.0 } else { 0.0 };
            assert!(row.iter().enumerate().all(|(j, x)| (x - unit(j)).abs() < TOLERANCE), "block {block}");
        }
        let expected: Vec<f64> = (0..128).map(|i| if i / 32 == 1 { 1.0 } else { 0.0 }).collect();
        assert_eq!(values(&vars, &name("bias")), expected);
    }
    assert_ne!(values(&vars, "block1.lstm.rnn.weight_hh"), values(&vars, "block2.lstm.rnn.weight_hh"));
    Ok(())
}

#[test]
fn a_network_over_trained_variables_leaves_the_recurrent_ones_as_they_are() -> Result<()> {
    let config = NetConfig { blocks: 1, ..Variant::Lstm.config(10) };
    let vars = start(&config)?;
    let trained = Tensor::arange(0f64, 128.0, &Device::Cpu)?;
    vars.data().lock().unwrap()["block1.lstm.rnn.bias"].set(&trained)?;
    let kernel = (tensor(&vars, "block1.lstm.rnn.weight_hh") * 3.0)?;
    vars.data().lock().unwrap()["block1.lstm.rnn.weight_hh"].set(&kernel)?;
    broadcast_net(&config, VarBuilder::from_varmap(&vars, DType::F64, &Device::Cpu))?;
    assert_eq!(values(&vars, "block1.lstm.rnn.bias"), trained.to_vec1::<f64>()?);
    assert_eq!(values(&vars, "block1.lstm.rnn.weight_hh"), kernel.flatten_all()?.to_vec1::<f64>()?);
    Ok(())
}

#[test]
fn biases_start_at_zero_and_normalisations_as_the_identity() -> Result<()> {
    for variant in Variant::ALL {
        let vars = start(&variant.config(10))?;
        for (name, var) in vars.data().lock().unwrap().iter() {
            let expected = match name.rsplit('.').next().unwrap() {
                _ if name.contains(".rnn.") => continue,
                "bias" | "running_mean" => 0.0,
                "running_var" => 1.0,
                "weight" if name.contains("bn") => 1.0,
                _ => continue,
            };
            let values: Vec<f64> = var.flatten_all()?.to_vec1()?;
            assert!(values.iter().all(|x| *x == expected), "{variant} {name}");
        }
    }
    Ok(())
}
