//! The statistics of all normalisations of a trunk, and their flat order.

use super::config::{TrunkConfig, TrunkExit};
use super::entry::TrunkEntry;
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

/// The statistics of all blocks, and of the stem and the exit where they normalise.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrunkStatistics {
    pub(crate) stem: Option<ChannelStatistics>,
    pub(crate) blocks: Vec<BlockStatistics>,
    pub(crate) exit: Option<ChannelStatistics>,
}

impl TrunkConfig {
    /// Returns the channels of each normalisation, in the order of [`TrunkOutput::statistics`].
    ///
    /// [`TrunkOutput::statistics`]: crate::TrunkOutput::statistics
    ///
    /// ```
    /// use mgc_ops::{TrunkConfig, TrunkEntry, TrunkStem};
    /// let entry = TrunkEntry::Stem(TrunkStem { pool: (4, 1), coordinate: None });
    /// let config = TrunkConfig { entry, width: 8, growth: 2, ..TrunkConfig::default() };
    /// assert_eq!(config.norms(), [8, 8, 8, 2, 8, 2, 8]); // the stem; b1, b3 (two), b5 (two), bp
    /// ```
    pub fn norms(&self) -> Vec<usize> {
        let block = |i: usize| {
            let (inputs, growth) = (self.channels(i), self.growth);
            [inputs, inputs, growth, inputs, growth, inputs]
        };
        let stem = matches!(self.entry, TrunkEntry::Stem(_)).then_some(self.width);
        let exit = matches!(self.exit, TrunkExit::NormConv(_)).then(|| self.channels(self.blocks));
        stem.into_iter().chain((0..self.blocks).flat_map(block)).chain(exit).collect()
    }
}

#[allow(clippy::expect_used, reason = "without its statistics a normalisation would be left out in silence")]
impl TrunkStatistics {
    /// Returns those of the stem, which every trunk with a stem has.
    pub(crate) fn stem(&self) -> &ChannelStatistics {
        self.stem.as_ref().expect("a trunk with a stem has the stem's statistics")
    }

    /// Returns those of the exit, which every trunk that normalises there has.
    pub(crate) fn exit(&self) -> &ChannelStatistics {
        self.exit.as_ref().expect("a trunk whose exit normalises has the exit's statistics")
    }
}

impl TrunkStatistics {
    /// Reads them from the order of the parameters.
    pub(crate) fn from_flat(config: &TrunkConfig, flat: &[ChannelStatistics]) -> Result<Self> {
        let sizes: Vec<_> = flat.iter().map(|s| s.mean.len()).collect();
        let variances = flat.iter().map(|s| s.variance.len());
        let wanted = config.norms();
        if sizes != wanted || !variances.eq(wanted.iter().copied()) {
            bail!(
                "broadcast_trunk: expected means and variances of {wanted:?} channels, got means of {sizes:?}"
            )
        }
        let (stem, flat) = flat.split_at(usize::from(config.entry != TrunkEntry::Map));
        let (blocks, exit) = flat.split_at(config.blocks * NORMS);
        Ok(Self {
            stem: stem.first().cloned(),
            blocks: blocks.chunks(NORMS).map(BlockStatistics::from_flat).collect(),
            exit: exit.first().cloned(),
        })
    }

    /// Returns them in the order of the parameters.
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
