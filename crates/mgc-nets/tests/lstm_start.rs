//! The initial values of recurrent layers.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Result, Tensor, Var};
use candle_nn::{VarBuilder, VarMap};
use mgc_nets::{NetConfig, Variant, broadcast_net};
use std::collections::HashMap;

const KERNEL: &str = "block1.lstm.rnn.weight_hh";
const BIAS: &str = "block1.lstm.rnn.bias";

fn config() -> NetConfig {
    NetConfig { blocks: 1, ..Variant::Lstm.config(10) }
}

/// Trained with its bias frozen at zero.
fn trained() -> Result<VarMap> {
    let vars = VarMap::new();
    broadcast_net(&config(), VarBuilder::from_varmap(&vars, DType::F64, &Device::Cpu))?;
    for (name, var) in vars.data().lock().unwrap().iter() {
        var.set(&if name == BIAS { var.zeros_like()? } else { (var.as_tensor() * 3.)? })?;
    }
    Ok(vars)
}

fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn variables_that_exist_stay_as_they_are_even_where_a_bias_is_zero() -> Result<()> {
    let vars = trained()?;
    let kernel = values(&vars.data().lock().unwrap()[KERNEL]);
    broadcast_net(&config(), VarBuilder::from_varmap(&vars, DType::F64, &Device::Cpu))?;
    assert!(values(&vars.data().lock().unwrap()[KERNEL]) == kernel);
    assert!(values(&vars.data().lock().unwrap()[BIAS]).iter().all(|bias| *bias == 0.));
    Ok(())
}

#[test]
fn variables_given_as_tensors_stay_as_they_are() -> Result<()> {
    let vars: HashMap<String, Var> = trained()?.data().lock().unwrap().clone();
    let kernel = values(&vars[KERNEL]);
    let tensors = vars.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
    broadcast_net(&config(), VarBuilder::from_tensors(tensors, DType::F64, &Device::Cpu))?;
    assert!(values(&vars[KERNEL]) == kernel);
    Ok(())
}

#[test]
fn a_new_kernel_is_orthogonal_and_a_new_forget_gate_open_in_half_precision_too() -> Result<()> {
    /// Rounding of 128 products of numbers with 11 bits.
    const TOLERANCE: f64 = 1e-2;
    let vars = VarMap::new();
    broadcast_net(&config(), VarBuilder::from_varmap(&vars, DType::F16, &Device::Cpu))?;
    let vars = vars.data().lock().unwrap();
    let kernel = vars[KERNEL].to_dtype(DType::F64)?;
    let product = (kernel.t()?.matmul(&kernel)? - Tensor::eye(32, DType::F64, &Device::Cpu)?)?;
    assert!(values(&product).iter().all(|x| x.abs() < TOLERANCE));
    assert_eq!(values(&vars[BIAS].to_dtype(DType::F64)?).iter().sum::<f64>(), 32.);
    Ok(())
}
