//! Plain CNNs: their size, their names, and their gradients against single operations.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Result, Tensor};
use candle_nn::{ModuleT, VarBuilder, VarMap};
use mgc_nets::{Activation, CnnConfig, ConvStage, HiddenLayer, PlainCnn, StagePool, plain_cnn};
use mgc_ops::{Window, avg_pool2d, conv2d, max_pool2d};
use mgc_train::{cross_entropy, seeded};

/// Sums of the same terms in another order, in f64.
const TOLERANCE: f64 = 1e-12;

fn tiny(dropout: f64) -> CnnConfig {
    let stage = |filters, pool| ConvStage { filters, pool, dropout };
    CnnConfig {
        classes: 3,
        input: (14, 11),
        stages: vec![stage(4, StagePool::Max), stage(5, StagePool::Average)],
        hidden: vec![
            HiddenLayer { units: 6, activation: Activation::Relu },
            HiddenLayer { units: 4, activation: Activation::Selu },
        ],
    }
}

fn network(config: &CnnConfig, dtype: DType) -> Result<(VarMap, PlainCnn)> {
    let vars = VarMap::new();
    let net = plain_cnn(config, seeded(&vars, 1, dtype, &Device::Cpu))?;
    Ok((vars, net))
}

fn spectrograms(n: usize, (frames, bands): (usize, usize)) -> Result<Tensor> {
    let value = |i: usize| (i * i % 997) as f64 / 250. - 2.;
    let len = n * frames * bands;
    Tensor::from_vec((0..len).map(value).collect::<Vec<_>>(), (n, 1, frames, bands), &Device::Cpu)
}

/// The network of [`tiny`] in evaluation, one operation after the other.
fn composed(vars: &VarMap, x: &Tensor) -> Result<Tensor> {
    let vars = vars.data().lock().unwrap();
    let get = |name: &str| vars[name].as_tensor();
    let relu = |x: &Tensor| x * x.gt(0.)?.to_dtype(x.dtype())?;
    let conv = |x: &Tensor, layer: &str| {
        let (weight, bias) = (get(&format!("{layer}.weight")), get(&format!("{layer}.bias")));
        relu(&conv2d(x, weight, bias, &Window::valid((3, 3), (1, 1)))?)
    };
    let dense = |x: &Tensor, layer: &str| {
        let (weight, bias) = (get(&format!("{layer}.weight")), get(&format!("{layer}.bias")));
        x.matmul(&weight.t()?)?.broadcast_add(bias)
    };
    let selu = |x: Tensor| {
        let below = ((x.minimum(0.)?.exp()? - 1.)? * 1.673_263_242_354_377_2)?;
        (x.maximum(0.)? + below)? * 1.050_700_987_355_480_5
    };
    let x = max_pool2d(&conv(x, "conv1")?, &Window::valid((2, 2), (2, 2)))?;
    let x = avg_pool2d(&conv(&x, "conv2")?, (2, 2), (2, 2))?;
    let x = relu(&dense(&x.flatten_from(1)?, "fc1")?)?;
    dense(&selu(dense(&x, "fc2")?)?, "fc3")
}

fn distance(a: &Tensor, b: &Tensor) -> Result<f64> {
    (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar()
}

#[test]
fn a_network_and_its_gradients_are_those_of_single_operations() -> Result<()> {
    let (vars, net) = network(&tiny(0.), DType::F64)?;
    let (x, labels) = (spectrograms(5, (14, 11))?, Tensor::new(&[0u32, 1, 2, 0, 1], &Device::Cpu)?);
    let (logits, expected) = (net.forward_t(&x, true)?, composed(&vars, &x)?);
    assert!(distance(&logits, &expected)? < TOLERANCE);
    let gradients = cross_entropy(&logits, &labels)?.backward()?;
    let expected = cross_entropy(&expected, &labels)?.backward()?;
    for (name, var) in vars.data().lock().unwrap().iter() {
        let (gradient, expected) = (gradients.get(var).unwrap(), expected.get(var).unwrap());
        assert!(distance(gradient, expected)? < TOLERANCE, "{name}");
        assert!(expected.abs()?.sum_all()?.to_scalar::<f64>()? > 1e-6, "{name} takes part");
    }
    Ok(())
}

#[test]
fn the_published_network_has_its_parameters_under_public_names() -> Result<()> {
    let (vars, _) = network(&CnnConfig::layers14(10), DType::F32)?;
    let vars = vars.data().lock().unwrap();
    let shapes = [
        ("conv1.weight", vec![16, 1, 3, 3]),
        ("conv2.weight", vec![32, 16, 3, 3]),
        ("conv3.weight", vec![64, 32, 3, 3]),
        ("conv4.weight", vec![128, 64, 3, 3]),
        ("conv5.weight", vec![64, 128, 3, 3]),
        ("conv5.bias", vec![64]),
        ("fc1.weight", vec![200, 256]),
        ("fc2.weight", vec![100, 200]),
        ("fc3.weight", vec![10, 100]),
        ("fc3.bias", vec![10]),
    ];
    shapes.iter().for_each(|(name, shape)| assert_eq!(vars[*name].dims(), shape, "{name}"));
    assert_eq!(vars.len(), 16);
    assert_eq!(vars.values().map(|var| var.elem_count()).sum::<usize>(), 243_454);
    Ok(())
}

#[test]
fn only_training_passes_drop_values_and_a_seed_draws_its_masks_again() -> Result<()> {
    let (vars, net) = network(&tiny(0.5), DType::F64)?;
    let x = spectrograms(5, (14, 11))?;
    let pass = |train| net.forward_t(&x, train)?.to_vec2::<f64>();
    assert!(distance(&net.forward_t(&x, false)?, &composed(&vars, &x)?)? < TOLERANCE);
    net.reseed_dropout(7, 1);
    let (first, second) = (pass(true)?, pass(true)?);
    assert!(first != second && first != pass(false)?);
    net.reseed_dropout(7, 1);
    assert_eq!([pass(true)?, pass(true)?], [first.clone(), second]);
    net.reseed_dropout(7, 2);
    assert_ne!(pass(true)?, first);
    Ok(())
}

#[test]
fn impossible_configurations_and_inputs_are_errors_that_say_why() -> Result<()> {
    let config = tiny(0.);
    let stage = config.stages[0];
    let cases = [
        (CnnConfig { classes: 1, ..config.clone() }, "classes is 1"),
        (CnnConfig { stages: vec![], ..config.clone() }, "stages is 0"),
        (CnnConfig { stages: vec![ConvStage { filters: 0, ..stage }], ..config.clone() }, "filters is 0"),
        (CnnConfig { stages: vec![ConvStage { dropout: 1., ..stage }], ..config.clone() }, "dropout is 1"),
        (CnnConfig { stages: vec![stage; 3], ..config.clone() }, "input is 14 x 11"),
        (CnnConfig { input: (usize::MAX, usize::MAX), ..config.clone() }, "input is"),
        (
            CnnConfig {
                hidden: vec![HiddenLayer { units: 0, activation: Activation::Relu }],
                ..config.clone()
            },
            "units is 0",
        ),
    ];
    for (bad, reason) in cases {
        let vars = VarMap::new();
        let error = plain_cnn(&bad, VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu)).err().unwrap();
        assert!(error.to_string().contains(reason), "{error}, expected {reason}");
        assert!(vars.all_vars().is_empty());
    }
    let (_, net) = network(&config, DType::F64)?;
    for size in [(14, 12), (13, 11)] {
        let message = net.forward_t(&spectrograms(1, size)?, false).unwrap_err().to_string();
        assert!(message.contains("(N, 1, 14, 11)"), "{message}");
    }
    Ok(())
}
