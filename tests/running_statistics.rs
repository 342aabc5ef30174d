//! The networks' running statistics, estimated anew.

use candle_nn::{ModuleT, VarMap};
use mgc::candle::{DType, Device, Tensor};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::train::{Examples, StatisticsConfig, TensorExamples, reestimate_statistics, seeded};

const EXAMPLES: usize = 6;

/// After a single batch of all examples, the running statistics are those of this batch, so evaluation and
/// training compute the same, through every layer of every path. The tolerance is a share of the largest logit.
fn assert_evaluation_equals_training(
    config: &NetConfig,
    dtype: DType,
    tolerance: f64,
) -> Result<(), mgc::train::Error> {
    let vars = VarMap::new();
    let net = broadcast_net(config, seeded(&vars, 1, dtype, &Device::Cpu))?;
    let values = (0..EXAMPLES * 24 * 16).map(|i| ((i * i) % 97) as f64 / 97.0 - 0.3).collect::<Vec<_>>();
    let inputs = Tensor::from_vec(values, (EXAMPLES, 1, 24, 16), &Device::Cpu)?.to_dtype(dtype)?;
    let labels = Tensor::zeros(EXAMPLES, DType::U32, &Device::Cpu)?;
    let examples = TensorExamples::new(inputs, labels)?;
    let statistics = StatisticsConfig { batch_size: EXAMPLES, ..Default::default() };
    reestimate_statistics(&net, &vars, &examples, statistics)?;
    let inputs = examples.batch(&(0..EXAMPLES).collect::<Vec<_>>())?.0;
    let logits = |train| net.forward_t(&inputs, train)?.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>();
    let (evaluated, trained) = (logits(false)?, logits(true)?);
    let largest = trained.iter().fold(0f64, |largest, x| largest.max(x.abs()));
    for (a, b) in evaluated.iter().zip(&trained) {
        assert!((a - b).abs() <= tolerance * largest, "{evaluated:?}, expected {trained:?}");
    }
    assert!(largest > 0.01, "{trained:?}");
    Ok(())
}

#[test]
fn evaluation_equals_training_after_one_batch_of_all_examples() -> Result<(), mgc::train::Error> {
    /// Roundings of the layers in f64, and in f32 also those of the momentum (1e-6 of a statistic).
    const TOLERANCES: [(DType, f64); 2] = [(DType::F64, 1e-9), (DType::F32, 1e-3)];
    for (dtype, tolerance) in TOLERANCES {
        let published = Variant::Proposed.config(3);
        let narrow = NetConfig { width: 4, growth: 4, blocks: 2, ..published.clone() };
        for config in [NetConfig { dropout: 0.0, ..published }, NetConfig { dropout: 0.0, ..narrow }] {
            assert_evaluation_equals_training(&config, dtype, tolerance)?;
        }
    }
    Ok(())
}
