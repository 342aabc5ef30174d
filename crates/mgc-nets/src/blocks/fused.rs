//! Broadcast blocks as one operation, where they are made of batch normalisations and convolutions alone.

use super::{Body, Branches, BroadcastBlock};
use crate::layers::{Conv, EPSILON, Norm, Normaliser};
use crate::pass::Run;
use crate::transition::Transition;
use candle::{Result, Tensor};
use mgc_ops::{Exit, TrunkConfig, broadcast_trunk};

/// All blocks and the transition at once, or none when a block needs more than the operation offers.
pub(crate) fn fused_trunk(
    body: &Body,
    trans: Option<&Transition>,
    x: &Tensor,
    train: bool,
) -> Result<Option<Tensor>> {
    let Body::Broadcast(blocks) = body else { return Ok(None) };
    let plain = |block: &BroadcastBlock| block.lstm.is_none() && block.se.is_none();
    let branches: Vec<_> = blocks.iter().map(|block| &block.branches).collect();
    let map = match blocks.iter().all(plain) {
        true => run(&branches, trans, x, train)?,
        false => None,
    };
    match (map, trans) {
        (Some(map), Some(trans)) => trans.behind_conv(&mut Run { train }, &map).map(Some),
        (map, _) => Ok(map),
    }
}

/// What the branches of one block append, or none as above.
pub(crate) fn fused_branches(branches: &Branches, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
    let map = run(&[branches], None, x, train)?;
    let appended =
        |map: Tensor| map.narrow(1, branches.channels, map.dim(1)? - branches.channels)?.contiguous();
    map.map(appended).transpose()
}

fn run(
    blocks: &[&Branches],
    trans: Option<&Transition>,
    x: &Tensor,
    train: bool,
) -> Result<Option<Tensor>> {
    let Some(config) = config(blocks) else { return Ok(None) };
    let config = TrunkConfig { exit: trans.map_or(Exit::Map, Transition::exit), ..config };
    let parameters = blocks.iter().flat_map(|block| block.parameters());
    let parameters = parameters.chain(trans.into_iter().flat_map(Transition::exit_parameters));
    let parameters = Tensor::cat(&parameters.map(Tensor::flatten_all).collect::<Result<Vec<_>>>()?, 0)?;
    let exit_norm = trans.and_then(Transition::exit_norm);
    let norms = || blocks.iter().flat_map(|block| block.norms()).chain(exit_norm);
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
        exit: Exit::Map,
    })
}

#[cfg(test)]
mod tests {
    use super::{Body, fused_branches, fused_trunk};
    use crate::config::NetConfig;
    use crate::pass::Run;
    use crate::transition::Transition;
    use crate::variant::Variant;
    use candle::{DType, Device, Result, Tensor};
    use candle_nn::{VarBuilder, VarMap};

    /// Sums of the same terms in another order, in f64.
    const TOLERANCE: f64 = 1e-12;

    fn distance(a: &Tensor, b: &Tensor) -> Result<f64> {
        (a - b)?.abs()?.max_all()?.to_scalar()
    }

    #[test]
    fn blocks_as_one_operation_are_the_blocks_layer_by_layer() -> Result<()> {
        for variant in [Variant::Bbnn, Variant::ProposedFigure, Variant::Selu, Variant::Remove3x3] {
            let config = NetConfig { width: 6, growth: 4, blocks: 3, ..variant.config(10) };
            let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F64, &Device::Cpu);
            let Body::Broadcast(blocks) = &Body::new(&config, &vb)? else { unreachable!() };
            let x = Tensor::randn(0f64, 1., (2, 6, 9, 7), &Device::Cpu)?;
            for train in [true, false] {
                let mut layered = x.clone();
                for block in blocks {
                    let y = block.branches.forward(&mut Run { train }, &layered)?;
                    let alone = fused_branches(&block.branches, &layered, train)?;
                    assert!(alone.is_some_and(|alone| distance(&alone, &y).is_ok_and(|far| far < TOLERANCE)));
                    layered = Tensor::cat(&[layered, y], 1)?;
                }
                let trans = Transition::new(&config, &vb.pp("trans"))?;
                if let Some(trans) = &trans {
                    layered = trans.forward(&mut Run { train }, &layered)?;
                }
                let fused = fused_trunk(&Body::Broadcast(blocks.clone()), trans.as_ref(), &x, train)?;
                let far = fused.map_or(Ok(f64::INFINITY), |fused| distance(&fused, &layered))?;
                assert!(far < TOLERANCE, "{variant}: {far:e}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_the_operation_does_not_offer_is_left_to_the_layers() -> Result<()> {
        for variant in [Variant::SqueezeExcitation, Variant::Lstm, Variant::GroupNorm, Variant::Xception] {
            let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
            let body = Body::new(&variant.config(10), &vb)?;
            let x = Tensor::zeros((1, 32, 2, 2), DType::F32, &Device::Cpu)?;
            assert!(fused_trunk(&body, None, &x, false)?.is_none());
        }
        Ok(())
    }
}
