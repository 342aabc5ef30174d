//! Networks to export, spectrograms to show them, and the distance of two answers.

use candle::{DType, Device, Result, Tensor};
use candle_nn::{ModuleT, VarMap};
use mgc_nets::{BroadcastNet, Stem, Variant, broadcast_net};
use mgc_train::seeded;

/// Our side computes in f32, on values of order one.
pub(crate) const TOLERANCE: f32 = 1e-5;

/// A network whose running statistics have been moved by a training pass, so that none is 0 or 1.
pub(crate) fn network(variant: Variant, classes: usize) -> Result<BroadcastNet> {
    let net = broadcast_net(&variant.config(classes), seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu))?;
    for pass in 0..20 {
        net.forward_t(&spectrograms(&net, 2, pass)?, true)?;
    }
    Ok(net)
}

pub(crate) fn spectrograms(net: &BroadcastNet, n: usize, pass: usize) -> Result<Tensor> {
    // so large that the 7x1 kernels of Inception-ResNet fit into its last map: tract 0.22 overflows where
    // they do not
    let (frames, bands) = if net.config().stem == Stem::InceptionResnet { (95, 91) } else { (45, 17) };
    let shape = (n, 1, frames, bands);
    let value = |i: usize| ((i + pass) * (i + 7) % 1009) as f32 / 504.5 - 1.0;
    let len = shape.0 * shape.2 * shape.3;
    Tensor::from_vec((0..len).map(value).collect::<Vec<_>>(), shape, &Device::Cpu)
}

/// Checks the logits and the features of a network against those that another runtime computed.
pub(crate) fn compare(net: &BroadcastNet, x: &Tensor, [logits, features]: &[Vec<f32>; 2]) -> Result<()> {
    let distance = worst(&net.forward_t(x, false)?, logits);
    assert!(distance <= TOLERANCE, "logits off by {distance:e}");
    let distance = worst(&net.features_t(x, false)?, features);
    assert!(distance <= TOLERANCE, "features off by {distance:e}");
    Ok(())
}

fn worst(ours: &Tensor, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.flatten_all().unwrap().to_vec1().unwrap();
    assert_eq!(ours.len(), theirs.len());
    let distance = |(a, b): (&f32, &f32)| (a - b).abs() / b.abs().max(1.0);
    // not f32::max, which passes over a NaN
    ours.iter().zip(theirs).map(distance).fold(0.0, |worst, d| if d <= worst { worst } else { d })
}
