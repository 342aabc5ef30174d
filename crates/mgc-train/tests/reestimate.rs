//! Running statistics estimated anew, against a slow computation in two passes.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{BatchNorm, BatchNormConfig, Init, Linear, Module, ModuleT, VarBuilder, VarMap};
use mgc_train::candle::{DType, Device, Result, Tensor};
use mgc_train::{
    Error, Examples, StatisticsConfig, TensorExamples, epoch_order, reestimate_statistics, seeded,
};

type Outcome = std::result::Result<(), Error>;

const EPSILON: f64 = 1e-3;

/// Two dense layers, each with a batch normalisation of another momentum behind it.
struct Net {
    first: (Linear, BatchNorm),
    second: (Linear, BatchNorm),
}

fn layer(inputs: usize, momentum: f64, vb: &VarBuilder) -> Result<(Linear, BatchNorm)> {
    let config = BatchNormConfig { eps: EPSILON, momentum, ..Default::default() };
    Ok((candle_nn::linear(inputs, 4, vb.pp("dense"))?, candle_nn::batch_norm(4, config, vb.pp("norm"))?))
}

impl Net {
    fn new(vars: &VarMap, dtype: DType) -> Result<Self> {
        let vb = seeded(vars, 1, dtype, &Device::Cpu);
        Ok(Self { first: layer(3, 0.1, &vb.pp("first"))?, second: layer(4, 0.01, &vb.pp("second"))? })
    }
}

impl ModuleT for Net {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        [&self.first, &self.second]
            .into_iter()
            .try_fold(xs.clone(), |xs, (dense, norm)| norm.forward_t(&dense.forward(&xs)?, train)?.relu())
    }
}

fn examples(count: usize, dtype: DType) -> Result<TensorExamples> {
    let vb = seeded(&VarMap::new(), 2, dtype, &Device::Cpu);
    let inputs = vb.get_with_hints((count, 3), "inputs", Init::Randn { mean: 1.0, stdev: 2.0 })?;
    TensorExamples::new(inputs, Tensor::zeros(count, DType::U32, &Device::Cpu)?)
}

/// The mean of every column, then the mean square of the distances to it, over n and over n - 1.
fn two_passes(rows: &[Vec<f64>]) -> [Vec<f64>; 3] {
    let n = rows.len() as f64;
    let column = |c: usize| rows.iter().map(move |row| row[c]);
    let means: Vec<f64> = (0..rows[0].len()).map(|c| column(c).sum::<f64>() / n).collect();
    let squares = |c: usize| column(c).map(|x| (x - means[c]) * (x - means[c])).sum::<f64>();
    let over = |count: f64| (0..means.len()).map(|c| squares(c) / count).collect();
    [over(n), over(n - 1.0), means.clone()]
}

/// The mean over the batches of the mean and the variance (over n - 1, as candle has it) of each layer.
fn slow(net: &Net, examples: &TensorExamples, batches: &[&[usize]]) -> Result<Vec<Vec<f64>>> {
    let mut sums = vec![vec![0.0; 4]; 4];
    for batch in batches {
        let mut xs = examples.batch(batch)?.0;
        for (at, (dense, _)) in [&net.first, &net.second].into_iter().enumerate() {
            let rows: Vec<Vec<f64>> = dense.forward(&xs)?.to_dtype(DType::F64)?.to_vec2()?;
            let [biased, unbiased, means] = two_passes(&rows);
            for (sum, statistic) in sums[2 * at..].iter_mut().zip([&means, &unbiased]) {
                sum.iter_mut().zip(statistic).for_each(|(sum, x)| *sum += x / batches.len() as f64);
            }
            let normalise = |(c, x): (usize, &f64)| ((x - means[c]) / (biased[c] + EPSILON).sqrt()).max(0.0);
            let flat: Vec<f64> = rows.iter().flat_map(|row| row.iter().enumerate().map(normalise)).collect();
            xs = Tensor::from_vec(flat, (rows.len(), 4), &Device::Cpu)?.to_dtype(xs.dtype())?;
        }
    }
    Ok(sums)
}

fn running(net: &Net) -> Result<Vec<Vec<f64>>> {
    let norms = [&net.first.1, &net.second.1];
    let tensors = norms.into_iter().flat_map(|norm| [norm.running_mean(), norm.running_var()]);
    tensors.map(|tensor| tensor.to_dtype(DType::F64)?.to_vec1()).collect()
}

fn assert_close(actual: &[Vec<f64>], expected: &[Vec<f64>], tolerance: f64) {
    for (a, b) in actual.iter().flatten().zip(expected.iter().flatten()) {
        assert!((a - b).abs() <= tolerance * b.abs().max(0.1), "{a}, expected {b}");
    }
}

#[test]
fn every_layer_has_the_mean_over_the_batches_of_their_statistics() -> Outcome {
    /// Roundings of a sum of eight; and of k, at a momentum of 0.99 (see the function's page).
    const TOLERANCES: [(DType, f64); 2] = [(DType::F64, 1e-12), (DType::F32, 1e-5)];
    for (dtype, tolerance) in TOLERANCES {
        let (vars, examples) = (VarMap::new(), examples(45, dtype)?);
        let net = Net::new(&vars, dtype)?;
        let config = StatisticsConfig { batches: 5, batch_size: 8, seed: 3 };
        net.forward_t(&examples.batch(&[0, 1, 2])?.0, true)?; // whatever was there does not count
        reestimate_statistics(&net, &vars, &examples, config)?;
        let order = epoch_order(3, 0, 45);
        let batches: Vec<&[usize]> = order.chunks(8).take(5).collect();
        assert_close(&running(&net)?, &slow(&net, &examples, &batches)?, tolerance);
    }
    Ok(())
}

#[test]
fn a_smaller_last_batch_is_left_out_unless_it_is_the_only_one() -> Outcome {
    for (count, batches) in [(20, 2), (16, 2), (5, 1)] {
        let (vars, examples) = (VarMap::new(), examples(count, DType::F64)?);
        let net = Net::new(&vars, DType::F64)?;
        reestimate_statistics(&net, &vars, &examples, StatisticsConfig::default())?;
        let order = epoch_order(1, 0, count);
        let batches: Vec<&[usize]> = order.chunks(8).take(batches).collect();
        assert_close(&running(&net)?, &slow(&net, &examples, &batches)?, 1e-12);
    }
    Ok(())
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_changes_no_weight() -> Outcome {
    let run = |seed| -> std::result::Result<_, Error> {
        let (vars, examples) = (VarMap::new(), examples(100, DType::F32)?);
        let net = Net::new(&vars, DType::F32)?;
        let weights: Vec<Vec<f32>> = net.first.0.weight().to_vec2()?;
        reestimate_statistics(&net, &vars, &examples, StatisticsConfig { batches: 3, batch_size: 8, seed })?;
        assert_eq!(net.first.0.weight().to_vec2::<f32>()?, weights);
        Ok(running(&net)?)
    };
    assert_eq!(run(1)?, run(1)?);
    assert_ne!(run(1)?, run(2)?);
    Ok(())
}

#[test]
fn a_statistic_that_no_pass_moves_keeps_its_value() -> Outcome {
    let (vars, examples) = (VarMap::new(), examples(20, DType::F64)?);
    let net = Net::new(&vars, DType::F64)?;
    let vb = seeded(&vars, 1, DType::F64, &Device::Cpu);
    let frozen = vb.pp("frozen").get_with_hints(2, "running_mean", Init::Const(0.25))?;
    reestimate_statistics(&net, &vars, &examples, StatisticsConfig::default())?;
    assert_eq!(frozen.to_vec1::<f64>()?, [0.25, 0.25]);
    Ok(())
}

#[test]
fn a_model_without_running_statistics_is_not_even_run() -> Outcome {
    let vars = VarMap::new();
    let model = candle_nn::func(|_: &Tensor| mgc_train::candle::bail!("was run"));
    reestimate_statistics(&model, &vars, &examples(20, DType::F64)?, StatisticsConfig::default())
}

#[test]
fn an_error_leaves_the_statistics_as_they_were() -> Outcome {
    let vars = VarMap::new();
    let net = Net::new(&vars, DType::F64)?;
    reestimate_statistics(&net, &vars, &examples(20, DType::F64)?, StatisticsConfig::default())?;
    let before = running(&net)?;
    let inputs = Tensor::full(f64::NAN, (8, 3), &Device::Cpu)?;
    let broken = TensorExamples::new(inputs, Tensor::zeros(8, DType::U32, &Device::Cpu)?)?;
    let error = reestimate_statistics(&net, &vars, &broken, StatisticsConfig::default()).unwrap_err();
    assert!(error.to_string().contains("first.norm.running_mean would become NaN"), "{error}");
    assert_eq!(running(&net)?, before);
    Ok(())
}

#[test]
fn what_cannot_be_estimated_is_a_typed_error() -> Outcome {
    let (vars, some, none) = (VarMap::new(), examples(20, DType::F64)?, examples(0, DType::F64)?);
    let net = Net::new(&vars, DType::F64)?;
    let config = StatisticsConfig::default();
    let error = |examples, config| reestimate_statistics(&net, &vars, examples, config).unwrap_err();
    assert!(matches!(error(&none, config), Error::NoExamples(_)));
    assert!(matches!(error(&some, StatisticsConfig { batches: 0, ..config }), Error::Config { .. }));
    assert!(matches!(error(&some, StatisticsConfig { batch_size: 0, ..config }), Error::Config { .. }));
    Ok(())
}
