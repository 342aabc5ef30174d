//! Broadcast blocks as one operation, where they are made of batch normalisations and convolutions alone.

use super::{Body, Branches, BroadcastBlock};
use crate::layers::{Conv, EPSILON, Norm, Normaliser};
use candle::{Result, Tensor};
use mgc_ops::{TrunkConfig, broadcast_trunk};

/// All blocks at once, or none when one of them needs more than the operation offers.
pub(crate) fn fused_body(body: &Body, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
    let Body::Broadcast(blocks) = body else { return Ok(None) };
    let plain = |block: &BroadcastBlock| block.lstm.is_none() && block.se.is_none();
    let branches: Vec<_> = blocks.iter().map(|block| &block.branches).collect();
    match blocks.iter().all(plain) {
        true => run(&branches, x, train),
        false => Ok(None),
    }
}

/// What the branches of one block append, or none as above.
pub(crate) fn fused_branches(branches: &Branches, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
    let map = run(&[branches], x, train)?;
    let appended =
        |map: Tensor| map.narrow(1, branches.channels, map.dim(1)? - branches.channels)?.contiguous();
    map.map(appended).transpose()
}

fn run(blocks: &[&Branches], x: &Tensor, train: bool) -> Result<Option<Tensor>> {
    let Some(config) = config(blocks) else { return Ok(None) };
    let parameters = blocks.iter().flat_map(|block| block.parameters()).map(Tensor::flatten_all);
    let parameters = Tensor::cat(&parameters.collect::<Result<Vec<_>>>()?, 0)?;
    let norms = || blocks.iter().flat_map(|block| block.norms());
    if !train {
        let running = norms().map(Norm::running).collect::<Result<Vec<_>>>()?;
        return Ok(Some(broadcast_trunk(&config, x, &parameters, Some(&running))?.map));
    }
    let output = broadcast_trunk(&config, x, &parameters, None)?;
    norms().zip(&output.statistics).try_for_each(|(norm, batch)| norm.update(batch))?;
    Ok(Some(output.map))
}

fn config(blocks: &[&Branches]) -> Option<TrunkConfig> {
    let first = blocks.first()?;
    let norm = &first.b3.norm;
    let kernels = |tail: &[Conv]| tail.iter().map(|conv| conv.window.kernel).collect();
    let batch = matches!(norm.normaliser, Normaliser::Batch { .. });
    batch.then(|| TrunkConfig {
        width: first.channels,
        growth: norm.channels,
        blocks: blocks.len(),
        kernels3: kernels(&first.b3.tail),
        kernels5: kernels(&first.b5.tail),
        activation: norm.activation,
        epsilon: EPSILON,
    })
}
