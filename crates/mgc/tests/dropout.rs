//! A run with dropout that was interrupted goes on as if it had not been.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::VarMap;
use mgc::DropoutSeeds;
use mgc::candle::{DType, Device, Tensor};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::train::{
    Adam, AdamConfig, History, Result, ResumeFile, TensorExamples, TrainConfig, Trainer, seeded, trainable,
};
use std::collections::BTreeMap;
use std::path::Path;

fn examples() -> Result<TensorExamples> {
    let value = |i: usize| (i * i % 991) as f32 / 30.0 - 30.0;
    let inputs =
        Tensor::from_vec((0..10 * 128).map(value).collect::<Vec<_>>(), (10, 1, 16, 8), &Device::Cpu)?;
    Ok(TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 2, 0, 1, 2, 0, 1, 2, 0], &Device::Cpu)?)?)
}

/// Trains up to so many epochs, from the state in `folder` when there is one.
fn train(folder: &Path, epochs: usize, seed: u64, masks: bool) -> (History, BTreeMap<String, Vec<f32>>) {
    let config = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Dropout.config(3) };
    let vars = VarMap::new();
    let net = broadcast_net(&config, seeded(&vars, 1, DType::F32, &Device::Cpu)).unwrap();
    let mut adam = Adam::from_named_vars(trainable(&vars).unwrap(), AdamConfig::default()).unwrap();
    let mut trainer = Trainer::new(TrainConfig { epochs, batch_size: 4, seed: 1, ..Default::default() });
    if masks {
        trainer = trainer.with(DropoutSeeds::new(&net, seed));
    }
    let file = ResumeFile::new(folder.join("state.safetensors"), &vars);
    let report = trainer.fit_resumable(&net, &mut adam, &examples().unwrap(), None, &file).unwrap();
    let vars = vars.data().lock().unwrap();
    let values = |var: &mgc::candle::Var| var.flatten_all().unwrap().to_vec1().unwrap();
    (report, vars.iter().map(|(name, var)| (name.clone(), values(var))).collect())
}

fn run(parts: &[usize], seed: u64, masks: bool) -> BTreeMap<String, Vec<f32>> {
    let folder = tempfile::tempdir().unwrap();
    let mut weights = BTreeMap::new();
    for epochs in parts {
        weights = train(folder.path(), *epochs, seed, masks).1;
    }
    weights
}

#[test]
fn a_resumed_run_ends_with_the_bytes_of_an_unbroken_one() {
    assert_eq!(run(&[1, 2, 4], 1, true), run(&[4], 1, true));
    assert_ne!(run(&[1, 2, 4], 1, false), run(&[4], 1, false), "without the callback the stream starts anew");
}

#[test]
fn another_seed_drops_other_features() {
    assert_ne!(run(&[2], 1, true), run(&[2], 2, true));
}
