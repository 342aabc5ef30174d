//! Broadcast blocks in one operation, where batch normalisations and convolutions are all they have.

use crate::layers::{Conv, EPSILON, Norm, Normaliser};
use crate::net::blocks::{Body, Branches, BroadcastBlock};
use crate::net::stem::ConvNorm;
use crate::net::transition::Transition;
use crate::net::trunk::Trunk;
use crate::pass::{Fused, Run};
use candle::{Result, Tensor};
use mgc_ops::{ChannelStatistics, InferenceTrunk, TrunkConfig, TrunkEntry, TrunkExit, broadcast_trunk};

/// The parts to fuse: blocks and, for a whole trunk, the layers before and after them.
struct Parts<'a> {
    stem: Option<(TrunkEntry, &'a ConvNorm)>,
    blocks: Vec<&'a Branches>,
    trans: Option<&'a Transition>,
}

impl<'a> Parts<'a> {
    /// The whole trunk, or `None` when the operation lacks one of its layers.
    fn of_trunk(trunk: &'a Trunk) -> Option<Self> {
        let Body::Broadcast(blocks) = &trunk.body else { return None };
        let plain = |block: &BroadcastBlock| block.lstm.is_none() && block.se.is_none();
        let blocks =
            blocks.iter().all(plain).then(|| blocks.iter().map(|block| &block.branches).collect())?;
        Some(Self { stem: Some(trunk.stem.entry()?), blocks, trans: trunk.trans.as_ref() })
    }
}

impl Fused for Trunk {
    fn run(&self, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
        let Some(parts) = Parts::of_trunk(self) else { return Ok(None) };
        parts.run(x, train)?.map(|map| after_operation(self, &map, train)).transpose()
    }
}

impl Fused for Branches {
    fn run(&self, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
        Parts { stem: None, blocks: vec![self], trans: None }.run(x, train)
    }
}

/// Runs the trunk's layers that follow the operation.
pub(crate) fn after_operation(trunk: &Trunk, map: &Tensor, train: bool) -> Result<Tensor> {
    let rest = |trans: &Transition| trans.after_conv(&mut Run { train }, map);
    trunk.trans.as_ref().map_or(Ok(map.clone()), rest)
}

/// Prepares the whole trunk for inference, or returns `None` when the operation lacks one of its layers.
pub(crate) fn inference_trunk(trunk: &Trunk) -> Result<Option<InferenceTrunk>> {
    let Some(parts) = Parts::of_trunk(trunk) else { return Ok(None) };
    let Some(config) = parts.config() else { return Ok(None) };
    InferenceTrunk::new(&config, &parts.theta()?, &parts.running()?).map(Some)
}

impl Parts<'_> {
    fn run(&self, x: &Tensor, train: bool) -> Result<Option<Tensor>> {
        let Some(config) = self.config() else { return Ok(None) };
        let theta = self.theta()?;
        if !train {
            return Ok(Some(broadcast_trunk(&config, x, &theta, Some(&self.running()?))?.map));
        }
        let output = broadcast_trunk(&config, x, &theta, None)?;
        self.norms().zip(&output.statistics).try_for_each(|(norm, batch)| norm.update(batch))?;
        Ok(Some(output.map))
    }

    fn theta(&self) -> Result<Tensor> {
        let parameters = self.parameters().map(Tensor::flatten_all).collect::<Result<Vec<_>>>()?;
        Tensor::cat(&parameters, 0)
    }

    fn running(&self) -> Result<Vec<ChannelStatistics>> {
        self.norms().map(Norm::running).collect()
    }

    /// The parameters, in the order of the operation.
    fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let stem = self
            .stem
            .iter()
            .flat_map(|(_, stem)| stem.conv.parameters().into_iter().chain(stem.norm.parameters()));
        let blocks = self.blocks.iter().flat_map(|block| block.parameters());
        stem.chain(blocks).chain(self.trans.into_iter().flat_map(Transition::exit_parameters))
    }

    /// The normalisations, in the order of the operation's statistics.
    fn norms(&self) -> impl Iterator<Item = &Norm> {
        let stem = self.stem.iter().map(|(_, stem)| &stem.norm);
        let blocks = self.blocks.iter().flat_map(|block| block.norms());
        stem.chain(blocks).chain(self.trans.and_then(Transition::exit_norm))
    }

    fn config(&self) -> Option<TrunkConfig> {
        let first = self.blocks.first()?;
        let norm = &first.b3.norm;
        let kernels = |tail: &[Conv]| tail.iter().map(|conv| conv.window.kernel).collect();
        let batch = matches!(norm.normaliser, Normaliser::Batch { .. });
        batch.then(|| TrunkConfig {
            entry: self.stem.map_or(TrunkEntry::Map, |(entry, _)| entry),
            width: first.channels,
            growth: norm.channels,
            blocks: self.blocks.len(),
            kernels3: kernels(&first.b3.tail),
            kernels5: kernels(&first.b5.tail),
            activation: norm.activation,
            epsilon: EPSILON,
            exit: match (self.trans, self.stem) {
                (Some(trans), _) => trans.exit(),
                (None, Some(_)) => TrunkExit::Map,
                (None, None) => TrunkExit::Appended,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Body;
    use crate::config::NetConfig;
    use crate::config::variant::Variant;
    use crate::net::trunk::Trunk;
    use crate::pass::{Fused, Run};
    use candle::{DType, Device, Result, Tensor};
    use candle_nn::{VarBuilder, VarMap};

    /// Sums of the same terms in another order, in f64.
    const TOLERANCE: f64 = 1e-12;

    fn distance(a: &Tensor, b: &Tensor) -> Result<f64> {
        (a - b)?.abs()?.max_all()?.to_scalar()
    }

    fn trunk(config: &NetConfig, dtype: DType) -> Result<Trunk> {
        Trunk::new(config, &VarBuilder::from_varmap(&VarMap::new(), dtype, &Device::Cpu))
    }

    #[test]
    fn a_trunk_as_one_operation_is_the_trunk_layer_by_layer() -> Result<()> {
        let aware = Variant::FrequencyAware;
        for variant in [Variant::Bbnn, Variant::ProposedFigure, Variant::Selu, Variant::Remove3x3, aware] {
            let config = NetConfig { width: 6, growth: 4, blocks: 3, ..variant.config(10) };
            let trunk = trunk(&config, DType::F64)?;
            let Body::Broadcast(blocks) = &trunk.body else { unreachable!() };
            let x = Tensor::randn(0f64, 1., (2, 1, 37, 7), &Device::Cpu)?;
            for train in [true, false] {
                let mut layered = trunk.stem.forward(&mut Run { train }, &x)?;
                for block in blocks {
                    let y = block.branches.layer_by_layer(&mut Run { train }, &layered)?;
                    let alone = block.branches.run(&layered, train)?;
                    assert!(alone.is_some_and(|alone| distance(&alone, &y).is_ok_and(|far| far < TOLERANCE)));
                    layered = Tensor::cat(&[layered, y], 1)?;
                }
                if let Some(trans) = &trunk.trans {
                    layered = trans.forward(&mut Run { train }, &layered)?;
                }
                let fused = trunk.run(&x, train)?;
                let far = fused.map_or(Ok(f64::INFINITY), |fused| distance(&fused, &layered))?;
                assert!(far < TOLERANCE, "{variant}: {far:e}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_the_operation_does_not_offer_is_left_to_the_layers() -> Result<()> {
        let x = Tensor::zeros((1, 1, 99, 99), DType::F32, &Device::Cpu)?;
        for variant in Variant::ALL {
            let others = [
                Variant::SqueezeExcitation,
                Variant::Lstm,
                Variant::GroupNorm,
                Variant::Xception,
                Variant::InceptionResnet,
            ];
            let small = NetConfig { blocks: 1, ..variant.config(10) };
            let fused = trunk(&small, DType::F32)?.run(&x, false)?;
            assert_eq!(fused.is_none(), others.contains(&variant), "{variant}");
        }
        Ok(())
    }
}
