//! Dropout: its share, its scale, its stream.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Result, Tensor};
use candle_nn::{ModuleT, VarBuilder, VarMap};
use mgc_nets::{BroadcastNet, NetConfig, Variant, broadcast_net};

/// A network whose logits are the features that dropout let through: the classifier is the identity.
fn seen_through(rate: f64) -> Result<BroadcastNet> {
    let config = NetConfig { dropout: rate, blocks: 1, classes: 32, ..Variant::Dropout.config(32) };
    let vars = VarMap::new();
    let net = broadcast_net(&config, VarBuilder::from_varmap(&vars, DType::F64, &Device::Cpu))?;
    vars.data().lock().unwrap()["head.fc.weight"].set(&Tensor::eye(32, DType::F64, &Device::Cpu)?)?;
    vars.data().lock().unwrap()["head.bn.bias"].set(&Tensor::ones(32, DType::F64, &Device::Cpu)?)?;
    Ok(net)
}

fn spectrograms(n: usize) -> Result<Tensor> {
    let value = |i: usize| (i * i % 997) as f64 / 50.0 - 20.0;
    Tensor::from_vec((0..n * 256).map(value).collect::<Vec<_>>(), (n, 1, 16, 16), &Device::Cpu)
}

/// The factors by which a training pass multiplied the features.
fn factors(net: &BroadcastNet, x: &Tensor) -> Result<Vec<f64>> {
    let kept = net.forward_t(x, true)?;
    let features = net.features_t(x, true)?;
    kept.div(&features)?.flatten_all()?.to_vec1()
}

#[test]
fn a_training_pass_drops_its_share_and_scales_the_rest_up() -> Result<()> {
    let (net, x) = (seen_through(0.4)?, spectrograms(64)?);
    let factors = factors(&net, &x)?;
    let dropped = factors.iter().filter(|factor| **factor == 0.0).count() as f64 / factors.len() as f64;
    let error = (0.4 * 0.6 / factors.len() as f64).sqrt();
    assert!((dropped - 0.4).abs() < 4.0 * error, "{dropped}");
    /// One rounding in each of a product and a quotient.
    const TOLERANCE: f64 = 1e-15;
    assert!(factors.iter().all(|factor| *factor == 0.0 || (factor - 1.0 / 0.6).abs() < 4.0 * TOLERANCE));
    Ok(())
}

#[test]
fn evaluation_and_features_drop_nothing() -> Result<()> {
    let (net, x) = (seen_through(0.4)?, spectrograms(8)?);
    let same = |a: &Tensor, b: &Tensor| Ok::<_, candle::Error>(a.to_vec2::<f64>()? == b.to_vec2::<f64>()?);
    assert!(same(&net.forward_t(&x, false)?, &net.features_t(&x, false)?)?);
    assert!(net.features_t(&x, true)?.flatten_all()?.to_vec1::<f64>()?.iter().all(|value| *value > 0.0));
    Ok(())
}

#[test]
fn every_pass_and_every_epoch_draws_another_mask_and_a_seed_draws_its_own_again() -> Result<()> {
    let (net, x) = (seen_through(0.4)?, spectrograms(4)?);
    let passes = |seed, epoch| {
        net.reseed_dropout(seed, epoch);
        [factors(&net, &x), factors(&net, &x)]
            .map(|pass| pass.unwrap().iter().map(|f| *f > 0.0).collect::<Vec<_>>())
    };
    let ([first, second], other, later) = (passes(7, 0), passes(8, 0), passes(7, 1));
    assert_ne!(first, second);
    assert_ne!(first, other[0]);
    assert_ne!(first, later[0]);
    assert_ne!(second, later[0]);
    assert_eq!(passes(7, 0), [first, second]);
    Ok(())
}
