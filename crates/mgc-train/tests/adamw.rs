//! AdamW against PyTorch, against Adam, and by what a constant gradient does.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::Optimizer;
use mgc_train::candle::backprop::GradStore;
use mgc_train::candle::{DType, Device, Result, Tensor, Var};
use mgc_train::{Adam, AdamConfig, AdamW, AdamWConfig, ResumableOptimizer};
use proptest::prelude::*;

/// f64 arithmetic in another order of operations.
const F64: f64 = 1e-12;

/// Written by `fixtures/generate_torch.py`.
const TORCH: &str = include_str!("fixtures/adamw_torch.csv");

/// Gradients of a matrix and a bias that equal `values`.
fn gradients(matrix: &Var, bias: &Var, values: &[f64]) -> Result<GradStore> {
    let of = |var: &Var, values: &[f64]| {
        let values = Tensor::new(values, &Device::Cpu)?.reshape(var.shape())?.to_dtype(var.dtype())?;
        (var.as_tensor() * values)?.sum_all()
    };
    let split = matrix.elem_count();
    (of(matrix, &values[..split])? + of(bias, &values[split..])?)?.backward()
}

fn values(vars: [&Var; 2]) -> Result<Vec<f64>> {
    let values = vars.map(|var| var.flatten_all()?.to_dtype(DType::F64)?.to_vec1());
    Ok(values.into_iter().collect::<Result<Vec<_>>>()?.concat())
}

fn assert_close(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (a, b) in actual.iter().zip(expected) {
        assert!((a - b).abs() <= F64 * b.abs().max(1e-3), "{actual:?}, expected {expected:?}");
    }
}

#[test]
fn sixteen_steps_equal_pytorch() -> Result<()> {
    let config = AdamWConfig { beta1: 0.875, epsilon: 1e-7, weight_decay: 0.0625, ..Default::default() };
    let matrix = Var::new(&[[-1.0, -0.6], [-0.2, 0.2]], &Device::Cpu)?;
    let bias = Var::new(&[0.6, 1.0], &Device::Cpu)?;
    let mut adamw = AdamW::new(vec![matrix.clone(), bias.clone()], config)?;
    for row in TORCH.lines().skip(1) {
        let numbers: Vec<f64> = row.split(',').map(|number| number.parse().unwrap()).collect();
        adamw.set_learning_rate(numbers[0]);
        adamw.step(&gradients(&matrix, &bias, &numbers[1..7])?)?;
        assert_close(&values([&matrix, &bias])?, &numbers[7..]);
    }
    assert_eq!(adamw.steps(), 16);
    Ok(())
}

#[test]
fn the_default_is_pytorchs() {
    let AdamWConfig { lr, beta1, beta2, epsilon, weight_decay, clip_norm } = AdamWConfig::default();
    assert_eq!((lr, beta1, beta2, epsilon, weight_decay, clip_norm), (1e-3, 0.9, 0.999, 1e-8, 0.01, None));
}

#[test]
fn kernels_and_matrices_decay_and_vectors_do_not() -> Result<()> {
    let config = AdamWConfig { lr: 0.5, weight_decay: 0.5, ..Default::default() };
    for (shape, kept) in [(vec![2], 1.0), (vec![2, 2], 0.75), (vec![2, 1, 3, 3], 0.75)] {
        let var = Var::ones(shape.as_slice(), DType::F64, &Device::Cpu)?;
        let mut adamw = AdamW::new(vec![var.clone()], config)?;
        let nothing = (var.as_tensor() * var.zeros_like()?)?.sum_all()?;
        adamw.backward_step(&nothing)?;
        let after: Vec<f64> = var.flatten_all()?.to_vec1()?;
        assert_eq!(after, vec![kept; var.elem_count()], "{shape:?}");
    }
    Ok(())
}

#[test]
fn a_variable_without_a_gradient_is_left_alone() -> Result<()> {
    let (matrix, bias) = (Var::new(&[[1.0]], &Device::Cpu)?, Var::new(&[1.0], &Device::Cpu)?);
    let mut adamw = AdamW::new(vec![matrix.clone(), bias.clone()], AdamWConfig::default())?;
    adamw.backward_step(&bias.sqr()?.sum_all()?)?;
    assert_eq!(matrix.to_vec2::<f64>()?, [[1.0]]);
    assert_ne!(bias.to_vec1::<f64>()?, [1.0]);
    Ok(())
}

#[test]
fn clipped_gradients_are_scaled_before_the_moments_and_the_decay_is_not() -> Result<()> {
    let run = |gradient: f64, clip_norm| -> Result<Vec<f64>> {
        let config = AdamWConfig { weight_decay: 0.5, clip_norm, ..Default::default() };
        let (matrix, bias) = (Var::new(&[[1.0, 2.0]], &Device::Cpu)?, Var::new(&[3.0], &Device::Cpu)?);
        let mut adamw = AdamW::new(vec![matrix.clone(), bias.clone()], config)?;
        for step in [1.0, 2.0, -1.0] {
            adamw.step(&gradients(&matrix, &bias, &[0.0, 3.0 * step * gradient, 4.0 * gradient])?)?;
        }
        values([&matrix, &bias])
    };
    // the norms are 5, sqrt(52) and 5 times the gradient; clipped to 1e-3 they no longer tell 1 from 2
    assert_close(&run(1.0, Some(1e-3))?, &run(2.0, Some(1e-3))?);
    assert_eq!(run(1.0, Some(100.0))?, run(1.0, None)?);
    assert_ne!(run(1.0, Some(1e-3))?, run(1.0, None)?);
    Ok(())
}

#[test]
fn a_restored_state_goes_on_with_the_same_bytes() -> Result<()> {
    let run = |interrupted: bool| -> Result<Vec<f64>> {
        let (matrix, bias) = (Var::new(&[[1f32]], &Device::Cpu)?, Var::new(&[2f32], &Device::Cpu)?);
        let vars = || vec![matrix.clone(), bias.clone()];
        let mut adamw = AdamW::new(vars(), AdamWConfig::default())?;
        for step in 0..10 {
            if interrupted && step == 5 {
                let state = adamw.state()?;
                adamw = AdamW::new(vars(), AdamWConfig { lr: 0.5, ..Default::default() })?;
                adamw.load_state(&state)?;
            }
            adamw.set_learning_rate(adamw.learning_rate() * 0.9);
            adamw.step(&gradients(&matrix, &bias, &[0.3, f64::from(step)])?)?;
        }
        values([&matrix, &bias])
    };
    assert_eq!(run(true)?, run(false)?);
    Ok(())
}

#[test]
fn the_state_of_adam_is_refused_and_changes_nothing() -> Result<()> {
    let vars = || -> Result<_> { Ok(vec![Var::zeros(2, DType::F32, &Device::Cpu)?]) };
    let adam = Adam::new(vars()?, AdamConfig::default())?;
    let mut adamw = AdamW::new(vars()?, AdamWConfig::default())?;
    let error = adamw.load_state(&adam.state()?).unwrap_err();
    assert!(error.to_string().contains("adamw.m.0 is missing"), "{error}");
    assert_eq!((adamw.steps(), adamw.learning_rate()), (0, 0.001));
    Ok(())
}

#[test]
fn settings_outside_their_range_are_errors() {
    let wrong = [
        (AdamWConfig { lr: -0.1, ..Default::default() }, "learning rate"),
        (AdamWConfig { beta1: 1.0, ..Default::default() }, "decays"),
        (AdamWConfig { epsilon: 0.0, ..Default::default() }, "epsilon"),
        (AdamWConfig { weight_decay: -0.1, ..Default::default() }, "weight_decay"),
        (AdamWConfig { weight_decay: f64::NAN, ..Default::default() }, "weight_decay"),
        (AdamWConfig { clip_norm: Some(0.0), ..Default::default() }, "clip_norm"),
    ];
    for (config, name) in wrong {
        let error = AdamW::new(vec![], config).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Adam adds epsilon before the correction, so at step t its epsilon is sqrt(1 - beta2^t) times AdamW's.
    #[test]
    fn without_decay_a_step_is_adams_with_epsilon_before_the_correction(
        steps in 1i32..20, epsilon in 1e-9..1e-2, beta2 in 0.5..0.9999, gradient in -2.0f64..2.0,
    ) {
        let of = |var: &Var, step: i32| -> Result<GradStore> {
            (var.as_tensor() * (gradient * f64::from(step)))?.sum_all()?.backward()
        };
        let var = Var::new(&[[1.0]], &Device::Cpu)?;
        let config = AdamWConfig { beta2, epsilon, weight_decay: 0.0, ..Default::default() };
        let mut adamw = AdamW::new(vec![var.clone()], config)?;
        (1..steps).try_for_each(|step| adamw.step(&of(&var, step)?))?;

        let other = Var::from_tensor(&var.copy()?)?;
        let epsilon = epsilon * (1.0 - beta2.powi(steps)).sqrt();
        let mut adam = Adam::new(vec![other.clone()], AdamConfig { beta2, epsilon, ..Default::default() })?;
        let state = ResumableOptimizer::state(&adamw)?;
        let renamed = state.into_iter().map(|(name, value)| (name.replace("adamw.", "adam."), value));
        adam.load_state(&renamed.collect())?;

        adamw.step(&of(&var, steps)?)?;
        adam.step(&of(&other, steps)?)?;
        let (value, expected) = (var.to_vec2::<f64>()?[0][0], other.to_vec2::<f64>()?[0][0]);
        prop_assert!((value - expected).abs() < F64, "{value}, expected {expected}");
    }

    /// Both corrected moments of a constant gradient are the gradient and its square.
    #[test]
    fn a_constant_gradient_moves_a_weight_by_the_learning_rate_after_its_decay(
        steps in 1i32..50, lr in 1e-4f64..0.5, weight_decay in 0.0f64..1.0, gradient in 0.01f64..10.0, start in -2.0f64..2.0,
    ) {
        let config = AdamWConfig { lr, weight_decay, ..Default::default() };
        let var = Var::new(&[[start]], &Device::Cpu)?;
        let mut adamw = AdamW::new(vec![var.clone()], config)?;
        let mut expected = start;
        for _ in 0..steps {
            adamw.step(&(var.as_tensor() * gradient)?.sum_all()?.backward()?)?;
            expected = (1.0 - lr * weight_decay) * expected - lr * gradient / (gradient + config.epsilon);
        }
        let value = var.to_vec2::<f64>()?[0][0];
        prop_assert!((value - expected).abs() < 1e-11 * f64::from(steps), "{value}, expected {expected}");
    }
}
