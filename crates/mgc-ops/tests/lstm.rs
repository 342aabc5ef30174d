//! The recurrent layer against plain loops and finite differences.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, same_bytes_on_any_number_of_threads, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::lstm;
use proptest::prelude::*;

/// Some dozens of steps of smooth functions of order one in f64.
const TOLERANCE: f64 = 1e-12;
/// The same in f32.
const TOLERANCE_F32: f64 = 1e-5;

/// x, weight_ih, weight_hh and bias of a layer.
fn layer([n, steps, inputs, units]: [usize; 4], seed: u64) -> Result<[Var; 4]> {
    Ok([
        seeded(seed, &[n, steps, inputs])?,
        seeded(seed ^ 1, &[4 * units, inputs])?,
        seeded(seed ^ 2, &[4 * units, units])?,
        seeded(seed ^ 3, &[4 * units])?,
    ])
}

/// One number after the other, by definition.
fn naive(x: &Tensor, weight_ih: &Tensor, weight_hh: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let ((n, steps, inputs), units) = (x.dims3()?, weight_hh.dim(1)?);
    let [x, weight_ih, weight_hh, bias] = [values(x)?, values(weight_ih)?, values(weight_hh)?, values(bias)?];
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let mut y: Vec<f64> = vec![];
    for sample in x.chunks(steps * inputs) {
        let (mut h, mut c) = (vec![0.0; units], vec![0.0; units]);
        for x in sample.chunks(inputs) {
            let z: Vec<f64> = (0..4 * units)
                .map(|row| {
                    let input: f64 = (0..inputs).map(|k| weight_ih[row * inputs + k] * x[k]).sum();
                    let past: f64 = (0..units).map(|k| weight_hh[row * units + k] * h[k]).sum();
                    input + past + bias[row]
                })
                .collect();
            for k in 0..units {
                c[k] = sigmoid(z[units + k]) * c[k] + sigmoid(z[k]) * z[2 * units + k].tanh();
                h[k] = sigmoid(z[3 * units + k]) * c[k].tanh();
            }
            y.extend(&h);
        }
    }
    Tensor::from_vec(y, (n, steps, units), &Device::Cpu)
}

proptest! {
    #[test]
    fn every_state_is_what_the_definition_gives(
        n in 1usize..4, steps in 1usize..20, inputs in 1usize..6, units in 1usize..6, seed in any::<u64>(),
    ) {
        let [x, weight_ih, weight_hh, bias] = layer([n, steps, inputs, units], seed).unwrap();
        let expected = naive(&x, &weight_ih, &weight_hh, &bias).unwrap();
        let y = lstm(&x, &weight_ih, &weight_hh, &bias).unwrap();
        prop_assert!(distance(&y, &expected).unwrap() < TOLERANCE);
        let single = |var: &Var| var.to_dtype(DType::F32).unwrap();
        let y = lstm(&single(&x), &single(&weight_ih), &single(&weight_hh), &single(&bias)).unwrap();
        prop_assert!(distance(&y, &expected).unwrap() < TOLERANCE_F32);
    }
}

#[test]
fn the_gradient_through_time_is_that_of_finite_differences() -> Result<()> {
    for sizes in [[2, 5, 3, 2], [1, 1, 1, 1], [1, 2, 1, 3], [3, 1, 2, 2], [1, 12, 2, 1]] {
        let [x, weight_ih, weight_hh, bias] = layer(sizes, 40)?;
        check_gradients(&[&x, &weight_ih, &weight_hh, &bias], || lstm(&x, &weight_ih, &weight_hh, &bias))?;
    }
    Ok(())
}

#[test]
fn an_input_that_is_not_contiguous_gives_the_same_states() -> Result<()> {
    let [x, weight_ih, weight_hh, bias] = layer([2, 4, 3, 2], 1)?;
    let turned = x.transpose(1, 2)?.contiguous()?.transpose(1, 2)?;
    let (a, b) = (lstm(&x, &weight_ih, &weight_hh, &bias)?, lstm(&turned, &weight_ih, &weight_hh, &bias)?);
    assert_eq!(values(&a)?, values(&b)?);
    Ok(())
}

#[test]
fn a_second_backward_pass_gives_the_same_gradient() -> Result<()> {
    let [x, weight_ih, weight_hh, bias] = layer([2, 4, 3, 2], 1)?;
    let loss = weighted_sum(&lstm(&x, &weight_ih, &weight_hh, &bias)?)?;
    let gradient = || values(loss.backward()?.get(&weight_hh).unwrap());
    assert_eq!(gradient()?, gradient()?);
    Ok(())
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let [x, weight_ih, weight_hh, bias] = layer([5, 61, 32, 32], 1)?;
    same_bytes_on_any_number_of_threads(&[&x, &weight_ih, &weight_hh, &bias], || {
        lstm(&x, &weight_ih, &weight_hh, &bias)
    })
}

#[test]
fn inputs_far_from_zero_saturate_without_a_trace_of_infinity() -> Result<()> {
    let [x, weight_ih, weight_hh, bias] = layer([2, 6, 3, 2], 9)?;
    for dtype in [DType::F32, DType::F64] {
        let cast = |t: &Tensor| t.detach().to_dtype(dtype);
        let x = Var::from_tensor(&(cast(&x)? * 1e6)?)?;
        let y = lstm(&x, &cast(&weight_ih)?, &cast(&weight_hh)?, &cast(&bias)?)?;
        assert!(values(&y)?.iter().all(|h| h.abs() <= 1.0));
        let gradients = weighted_sum(&y)?.backward()?;
        assert!(values(gradients.get(&x).unwrap())?.iter().all(|d| d.is_finite()));
    }
    Ok(())
}

#[test]
fn what_is_not_a_number_reaches_all_later_steps_of_its_sample_only() -> Result<()> {
    let [x, weight_ih, weight_hh, bias] = layer([2, 4, 1, 2], 1)?;
    let mut cells = values(&x)?;
    cells[1] = f64::NAN;
    let y = lstm(&Tensor::from_vec(cells, (2, 4, 1), &Device::Cpu)?, &weight_ih, &weight_hh, &bias)?;
    let expected = [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0].map(|nan| nan == 1);
    assert_eq!(values(&y)?.iter().map(|h| h.is_nan()).collect::<Vec<_>>(), expected);
    Ok(())
}

#[test]
fn tensors_that_do_not_fit_are_errors_that_show_their_shapes() -> Result<()> {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F64, &Device::Cpu);
    let fails = |x: &[usize], ih: &[usize], hh: &[usize], bias: &[usize]| -> Result<String> {
        Ok(lstm(&zeros(x)?, &zeros(ih)?, &zeros(hh)?, &zeros(bias)?).unwrap_err().to_string())
    };
    let (x, ih, hh, bias) = ([2, 4, 3], [8, 3], [8, 2], [8]);
    for message in [
        fails(&x, &[8, 4], &hh, &bias)?,
        fails(&x, &ih, &[8, 3], &bias)?,
        fails(&x, &ih, &hh, &[4])?,
        fails(&[0, 4, 3], &ih, &hh, &bias)?,
        fails(&[2, 0, 3], &ih, &hh, &bias)?,
        fails(&[2, 4, 0], &[8, 0], &hh, &bias)?,
        fails(&x, &[0, 3], &[0, 0], &[0])?,
    ] {
        assert!(message.contains("do not fit (N, steps, inputs)"), "{message}");
    }
    fails(&[4, 3], &ih, &hh, &bias)?;
    fails(&x, &ih, &[16], &bias)?;
    let half = |shape: &[usize]| Tensor::zeros(shape, DType::F16, &Device::Cpu);
    let error = lstm(&half(&x)?, &half(&ih)?, &half(&hh)?, &half(&bias)?).unwrap_err().to_string();
    assert!(error.contains("convert the input to f32 or f64"), "{error}");
    assert!(lstm(&zeros(&x)?, &zeros(&ih)?, &half(&hh)?, &zeros(&bias)?).is_err());
    Ok(())
}
