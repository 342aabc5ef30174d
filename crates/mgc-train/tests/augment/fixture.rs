//! Against the formulas written out in numpy (`fixtures/generate_augment.py`), and scipy's beta distribution.

use crate::support::{axis, draws, rows};
use mgc_train::candle::{Device, Tensor};
use mgc_train::{AugmentConfig, Augmentation, DecibelRange, Draw, FrequencyAxis, MixupConfig};
use serde_json::Value;

/// About fifty roundings of f32 at 80 dB; a formula that differs is tenths of a dB away.
const TOLERANCE: f32 = 5e-4;

struct Case {
    whole: Value,
    augmentation: Augmentation,
    draws: Vec<Draw>,
    inputs: Vec<Vec<f32>>,
}

impl Case {
    fn read() -> Self {
        let whole: Value = serde_json::from_str(include_str!("../fixtures/augment.json")).unwrap();
        let number = |name: &str| whole[name].as_u64().unwrap() as usize;
        let (seed, epoch, visit) = (number("seed") as u64, number("epoch"), number("visit"));
        let examples: Vec<usize> = serde_json::from_value(whole["examples"].clone()).unwrap();
        let draw = |example| Draw { seed, epoch, example, visit };
        let config: AugmentConfig = serde_json::from_value(whole["config"].clone()).unwrap();
        let axis = FrequencyAxis::new(serde_json::from_value(whole["centres"].clone()).unwrap()).unwrap();
        let limit = |name: &str| whole["range"][name].as_f64();
        let range = DecibelRange { lowest: limit("lowest"), top_db: limit("top_db") };
        let augmentation = Augmentation::new(config, axis).unwrap().with_range(range).unwrap();
        let inputs = serde_json::from_value(whole["inputs"].clone()).unwrap();
        Self { augmentation, draws: examples.into_iter().map(draw).collect(), inputs, whole }
    }

    fn expected(&self, name: &str) -> Vec<Vec<f32>> {
        serde_json::from_value(self.whole[name].clone()).unwrap()
    }
}

fn assert_close(actual: &[f32], expected: &[f32]) {
    assert_eq!(actual.len(), expected.len());
    for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        assert!((actual - expected).abs() < TOLERANCE, "value {index}: {actual}, expected {expected}");
    }
}

#[test]
fn every_augmentation_of_an_example_equals_its_formula_in_numpy() {
    let case = Case::read();
    for ((draw, input), expected) in case.draws.iter().zip(&case.inputs).zip(case.expected("single")) {
        assert_close(&case.augmentation.example(draw, input).unwrap(), &expected);
    }
}

#[test]
fn the_augmentations_of_a_batch_equal_their_formulas_in_numpy() {
    let case = Case::read();
    let frames = case.inputs[0].len() / 20;
    let inputs = Tensor::from_vec(case.inputs.concat(), (4, 1, frames, 20), &Device::Cpu).unwrap();
    let labels: Vec<u32> = serde_json::from_value(case.whole["labels"].clone()).unwrap();
    let labels = Tensor::from_vec(labels, 4, &Device::Cpu).unwrap();
    let (mixed, targets) = case.augmentation.batch(&case.draws, &inputs, &labels).unwrap();
    for (actual, expected) in rows(&mixed).iter().zip(case.expected("batch")) {
        assert_close(actual, &expected);
    }
    let shares: Vec<f64> = serde_json::from_value(case.whole["shares"].clone()).unwrap();
    for (share, expected) in targets.shares().iter().zip(shares) {
        assert!((share - expected).abs() < 1e-12, "{share}, expected {expected}"); // logarithms and powers differ
    }
    let likeliest: Vec<u32> = serde_json::from_value(case.whole["likeliest"].clone()).unwrap();
    assert_eq!(targets.likeliest().unwrap(), likeliest);
}

#[test]
fn shares_have_the_quantiles_of_scipys_beta_distribution() {
    const DRAWS: usize = 20_000;
    let examples: Vec<usize> = (0..DRAWS).collect();
    let bands = axis().bands();
    let inputs = Tensor::zeros((DRAWS, 1, 1, bands), mgc_train::candle::DType::F32, &Device::Cpu).unwrap();
    let labels = Tensor::zeros(DRAWS, mgc_train::candle::DType::U32, &Device::Cpu).unwrap();
    let mut drawn: Option<(f64, Vec<f64>)> = None;
    for row in include_str!("../fixtures/beta_scipy.csv").lines().skip(1) {
        let fields: Vec<f64> = row.split(',').map(|field| field.parse().unwrap()).collect();
        let &[alpha, p, quantile] = fields.as_slice() else { panic!("{row}") };
        if drawn.as_ref().is_none_or(|(of, _)| *of != alpha) {
            let config = AugmentConfig { mixup: MixupConfig { alpha }, ..Default::default() };
            let augmentation = Augmentation::new(config, axis()).unwrap();
            let (_, targets) = augmentation.batch(&draws(&examples), &inputs, &labels).unwrap();
            drawn = Some((alpha, targets.shares().to_vec()));
        }
        let (_, shares) = drawn.as_ref().unwrap();
        let below = shares.iter().filter(|share| **share <= quantile).count() as f64 / DRAWS as f64;
        let sigma = (p * (1.0 - p) / DRAWS as f64).sqrt();
        assert!((below - p).abs() <= 4.0 * sigma, "alpha {alpha}, p {p}: {below}");
    }
}
