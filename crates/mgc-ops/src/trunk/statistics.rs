//! The statistics of all normalisations of a trunk, and their order outside.

use super::config::{Entry, Exit, TrunkConfig};
use crate::kernels::statistics::ChannelStatistics;
use candle::{Result, bail};

/// Normalisations of one block: b1, b3 (two), b5 (two), bp.
const NORMS: usize = 6;

/// The statistics of the six normalisations of one block.
#[derive(Debug, Clone)]
pub(crate) struct BlockStatistics {
    pub(crate) x: [ChannelStatistics; 3], // b1, b3, b5: equal when training, running ones otherwise
    pub(crate) z3: ChannelStatistics,
    pub(crate) z5: ChannelStatistics,
    pub(crate) pooled: ChannelStatistics,
}

/// Those of all blocks, of the stem and of the exit, where they normalise.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrunkStatistics {
    pub(crate) stem: Option<ChannelStatistics>,
    pub(crate) blocks: Vec<BlockStatistics>,
    pub(crate) exit: Option<ChannelStatistics>,
}

impl TrunkStatistics {
    /// From the order of the parameters.
    pub(crate) fn from_flat(config: &TrunkConfig, flat: &[ChannelStatistics]) -> Result<Self> {
        let expected = |i: usize| {
            let (inputs, growth) = (config.channels(i), config.growth);
            [inputs, inputs, growth, inputs, growth, inputs]
        };
        let stem = matches!(config.entry, Entry::Stem(_)).then_some(config.width);
        let exit = matches!(config.exit, Exit::NormConv(_)).then(|| config.channels(config.blocks));
        let sizes: Vec<_> = flat.iter().map(|s| s.mean.len()).collect();
        let variances = flat.iter().map(|s| s.variance.len());
        let blocks = (0..config.blocks).flat_map(expected);
        let wanted: Vec<_> = stem.into_iter().chain(blocks).chain(exit).collect();
        if sizes != wanted || !variances.eq(wanted.iter().copied()) {
            bail!(
                "broadcast_trunk: expected means and variances of {wanted:?} channels, got means of {sizes:?}"
            )
        }
        let (stem, flat) = flat.split_at(stem.iter().len());
        let (blocks, exit) = flat.split_at(config.blocks * NORMS);
        Ok(Self {
            stem: stem.first().cloned(),
            blocks: blocks.chunks(NORMS).map(BlockStatistics::from_flat).collect(),
            exit: exit.first().cloned(),
        })
    }

    /// To the order of the parameters.
    pub(crate) fn flat(&self) -> Vec<ChannelStatistics> {
        let blocks = self.blocks.iter().flat_map(BlockStatistics::flat);
        self.stem.iter().cloned().chain(blocks).chain(self.exit.clone()).collect()
    }
}

impl BlockStatistics {
    fn from_flat(s: &[ChannelStatistics]) -> Self {
        Self {
            x: [s[0].clone(), s[1].clone(), s[3].clone()],
            z3: s[2].clone(),
            z5: s[4].clone(),
            pooled: s[5].clone(),
        }
    }

    fn flat(&self) -> [ChannelStatistics; NORMS] {
        let Self { x: [x1, x3, x5], z3, z5, pooled } = self.clone();
        [x1, x3, z3, x5, z5, pooled]
    }
}
