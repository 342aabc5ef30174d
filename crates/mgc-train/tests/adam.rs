//! Adam against a scalar oracle and against Keras 3.

use candle_nn::Optimizer;
use mgc_train::candle::backprop::GradStore;
use mgc_train::candle::{DType, Device, Result, Tensor, Var};
use mgc_train::{Adam, AdamConfig};

/// f64 arithmetic in another order of operations.
const F64: f64 = 1e-12;

/// Written by `fixtures/generate.py`.
const KERAS3: &str = include_str!("fixtures/adam_keras3.csv");

/// Written by `fixtures/generate.py`, with `global_clipnorm` 0.5.
const CLIPPED_BY_KERAS3: &str = include_str!("fixtures/clip_keras3.csv");

/// The rule as written in the paper, one number at a time.
struct Scalar {
    theta: f64,
    m: f64,
    v: f64,
    t: i32,
}

impl Scalar {
    fn step(&mut self, g: f64, config: &AdamConfig) {
        self.t += 1;
        self.m = config.beta1 * self.m + (1.0 - config.beta1) * g;
        self.v = config.beta2 * self.v + (1.0 - config.beta2) * g * g;
        let correction = (1.0 - config.beta2.powi(self.t)).sqrt() / (1.0 - config.beta1.powi(self.t));
        self.theta -= config.lr * correction * self.m / (self.v.sqrt() + config.epsilon);
    }
}

/// Gradients that equal `values`: those of sum(var * values).
fn gradients(var: &Var, values: &[f64]) -> Result<GradStore> {
    let values = Tensor::new(values, &Device::Cpu)?.to_dtype(var.dtype())?;
    (var.as_tensor() * values)?.sum_all()?.backward()
}

fn assert_close(actual: &[f64], expected: &[f64], tolerance: f64) {
    for (a, b) in actual.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1e-3), "{actual:?}, expected {expected:?}");
    }
}

#[test]
fn a_hundred_steps_equal_the_scalar_rule() -> Result<()> {
    let config = AdamConfig::default();
    let start = [1.0, -2.0, 0.5, 3.0];
    let var = Var::new(&start, &Device::Cpu)?;
    let mut adam = Adam::new(vec![var.clone()], config)?;
    let mut oracle = start.map(|theta| Scalar { theta, m: 0.0, v: 0.0, t: 0 });
    for step in 0..100 {
        let wave = f64::from(step).sin();
        let g = [wave, 1e-4 * wave * wave, -1e-7 * wave, 1e-12];
        adam.step(&gradients(&var, &g)?)?;
        oracle.iter_mut().zip(g).for_each(|(scalar, g)| scalar.step(g, &config));
    }
    assert_close(&var.to_vec1::<f64>()?, &oracle.map(|scalar| scalar.theta), F64);
    Ok(())
}

#[test]
fn twelve_steps_equal_keras_3() -> Result<()> {
    let config =
        AdamConfig { lr: 0.0, beta1: 0.875, beta2: 1.0 - 2f64.powi(-10), epsilon: 1e-7, clip_norm: None };
    let var = Var::new(&[-1.0, -0.6, -0.2, 0.2, 0.6, 1.0], &Device::Cpu)?;
    let mut adam = Adam::new(vec![var.clone()], config)?;
    for row in KERAS3.lines().skip(1) {
        let numbers: Vec<f64> = row.split(',').map(|number| number.parse().unwrap()).collect();
        adam.set_learning_rate(numbers[0]);
        adam.step(&gradients(&var, &numbers[1..7])?)?;
        assert_close(&var.to_vec1::<f64>()?, &numbers[7..], F64);
    }
    assert_eq!(adam.steps(), 12);
    Ok(())
}

#[test]
fn the_default_is_the_papers() {
    let papers = AdamConfig { lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, clip_norm: None };
    assert_eq!(AdamConfig::default(), papers);
}

#[test]
fn gradients_clipped_by_their_common_norm_equal_keras_3() -> Result<()> {
    let config = AdamConfig {
        lr: 2f64.powi(-7),
        beta1: 0.875,
        beta2: 1.0 - 2f64.powi(-10),
        epsilon: 1e-7,
        clip_norm: Some(0.5),
    };
    let (pair, single) = (Var::new(&[1.0, -2.0], &Device::Cpu)?, Var::new(&[0.5], &Device::Cpu)?);
    let mut adam = Adam::new(vec![pair.clone(), single.clone()], config)?;
    let (mut clipped, mut whole) = (0, 0);
    for row in CLIPPED_BY_KERAS3.lines().skip(1) {
        let numbers: Vec<f64> = row.split(',').map(|number| number.parse().unwrap()).collect();
        let norm = numbers[..3].iter().map(|g| g * g).sum::<f64>().sqrt();
        *(if norm > 0.5 { &mut clipped } else { &mut whole }) += 1;
        adam.step(&pair_gradients(&pair, &single, &numbers)?)?;
        let values = [pair.to_vec1::<f64>()?, single.to_vec1()?].concat();
        assert_close(&values, &numbers[3..], F64);
    }
    assert!(clipped > 3 && whole > 3, "both sides of the limit: {clipped} and {whole}");
    Ok(())
}

/// Gradients of two variables at once.
fn pair_gradients(pair: &Var, single: &Var, values: &[f64]) -> Result<GradStore> {
    let [of_pair, of_single] = [&values[..2], &values[2..3]].map(|part| Tensor::new(part, &Device::Cpu));
    let sums = [(pair.as_tensor() * of_pair?)?.sum_all()?, (single.as_tensor() * of_single?)?.sum_all()?];
    (&sums[0] + &sums[1])?.backward()
}

#[test]
fn gradients_below_the_limit_give_the_same_bytes_as_no_limit() -> Result<()> {
    let run = |clip_norm| -> Result<Vec<f32>> {
        let var = Var::new(&[1f32, 2.0], &Device::Cpu)?;
        let mut adam = Adam::new(vec![var.clone()], AdamConfig { clip_norm, ..Default::default() })?;
        (0..5).try_for_each(|step| adam.step(&gradients(&var, &[0.3, f64::from(step)])?))?;
        var.to_vec1()
    };
    assert_eq!(run(Some(100.0))?, run(None)?);
    assert_ne!(run(Some(1.0))?, run(None)?);
    Ok(())
}

#[test]
fn a_limit_that_is_no_positive_number_is_refused() {
    for clip_norm in [0.0, -1.0, f64::NAN, f64::INFINITY].map(Some) {
        let error = Adam::new(vec![], AdamConfig { clip_norm, ..Default::default() }).unwrap_err();
        assert!(error.to_string().contains("clip_norm"), "{error}");
    }
}

#[test]
fn settings_without_a_limit_read_and_write_as_before_there_was_one() {
    let text = r#"{"lr":0.01,"beta1":0.9,"beta2":0.999,"epsilon":1e-7}"#;
    assert_eq!(serde_json::to_string(&AdamConfig::default()).unwrap(), text);
    assert_eq!(serde_json::from_str::<AdamConfig>(text).unwrap(), AdamConfig::default());
}

#[test]
fn a_variable_without_a_gradient_keeps_its_value_and_its_moments() -> Result<()> {
    let (used, idle) = (Var::new(&[1.0], &Device::Cpu)?, Var::new(&[1.0], &Device::Cpu)?);
    let named = [("used".to_string(), used.clone()), ("idle".to_string(), idle.clone())];
    let mut adam = Adam::from_named_vars(named, AdamConfig::default())?;
    adam.step(&gradients(&idle, &[1.0])?)?;
    let (value, m) = (idle.to_vec1::<f64>()?, adam.state()?["adam.m.idle"].to_vec1::<f64>()?);
    adam.step(&gradients(&used, &[1.0])?)?;
    assert_eq!(idle.to_vec1::<f64>()?, value);
    assert_eq!(adam.state()?["adam.m.idle"].to_vec1::<f64>()?, m);
    assert_ne!(used.to_vec1::<f64>()?, [1.0]);
    Ok(())
}

#[test]
fn single_precision_follows_double_precision() -> Result<()> {
    /// A few roundings of values near 1 per step.
    const F32: f64 = 1e-5;
    let double = Var::new(&[1.0, -1.0], &Device::Cpu)?;
    let single = Var::from_tensor(&double.to_dtype(DType::F32)?)?;
    let mut adams =
        [&double, &single].map(|var| (var, Adam::new(vec![var.clone()], AdamConfig::default()).unwrap()));
    for step in 1..=20 {
        for (var, adam) in &mut adams {
            adam.step(&gradients(var, &[0.1 * f64::from(step), 2.0])?)?;
        }
    }
    assert_close(&single.to_dtype(DType::F64)?.to_vec1()?, &double.to_vec1()?, F32);
    Ok(())
}

#[test]
fn a_restored_state_goes_on_with_the_same_bytes() -> Result<()> {
    let run = |interrupted: bool| -> Result<Vec<f32>> {
        let var = Var::new(&[1f32, 2.0], &Device::Cpu)?;
        let mut adam = Adam::new(vec![var.clone()], AdamConfig::default())?;
        for step in 0..10 {
            if interrupted && step == 5 {
                let state = adam.state()?;
                adam = Adam::new(vec![var.clone()], AdamConfig { lr: 0.5, ..Default::default() })?;
                adam.load_state(&state)?;
            }
            adam.set_learning_rate(adam.learning_rate() * 0.9);
            adam.step(&gradients(&var, &[0.3, f64::from(step)])?)?;
        }
        var.to_vec1()
    };
    assert_eq!(run(true)?, run(false)?);
    Ok(())
}

#[test]
fn a_state_of_another_model_is_refused_and_changes_nothing() -> Result<()> {
    let adam =
        |shape: usize| Adam::new(vec![Var::zeros(shape, DType::F32, &Device::Cpu)?], AdamConfig::default());
    let mut small = adam(2)?;
    let error = small.load_state(&adam(3)?.state()?).unwrap_err();
    assert!(error.to_string().contains("adam.m.0"), "{error}");
    let missing = small.load_state(&Default::default()).unwrap_err();
    assert!(missing.to_string().contains("missing"), "{missing}");
    assert_eq!(small.steps(), 0);
    Ok(())
}

#[test]
fn settings_outside_their_range_are_errors() {
    let wrong = [
        AdamConfig { lr: f64::NAN, ..Default::default() },
        AdamConfig { lr: -0.1, ..Default::default() },
        AdamConfig { beta1: 1.0, ..Default::default() },
        AdamConfig { beta2: -0.1, ..Default::default() },
        AdamConfig { epsilon: 0.0, ..Default::default() },
    ];
    for config in wrong {
        assert!(Adam::new(vec![], config).is_err(), "{config:?}");
    }
}
