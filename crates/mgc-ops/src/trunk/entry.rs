//! The layers before the first block.

use candle::{Result, bail};

/// Far beyond any use.
const MAX_POOL: usize = 4_096;

/// The layers before the first block of a trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum TrunkEntry {
    /// None: the input has the channels that the first block reads.
    #[default]
    Map,
    /// A convolution of one channel, or of one and its coordinate.
    Stem(TrunkStem),
}

/// A 3x3 'same' convolution to [`TrunkConfig::width`](crate::TrunkConfig::width) channels, a normalisation,
/// the activation, and a max pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrunkStem {
    /// Rows and columns of the pool's window, which is also its stride, each 1 to 4,096. Rows and columns
    /// that fill no window are left out.
    pub pool: (usize, usize),
    /// The range of a second input of the convolution, if there is one: the coordinate that
    /// [`append_coordinate`](crate::append_coordinate) describes. Greater than 0 and finite. The trunk makes
    /// it; its input has one channel.
    pub coordinate: Option<f64>,
}

impl TrunkStem {
    /// Returns how many channels the convolution reads.
    pub(crate) fn channels(&self) -> usize {
        1 + usize::from(self.coordinate.is_some())
    }

    pub(crate) fn validate(&self) -> Result<()> {
        let (rows, columns) = self.pool;
        if ![rows, columns].iter().all(|side| (1..=MAX_POOL).contains(side)) {
            bail!("broadcast_trunk: the stem's pool is {rows} x {columns}, expected sides of 1 to {MAX_POOL}")
        }
        match self.coordinate {
            Some(range) if !(range > 0.0 && range.is_finite()) => {
                bail!("broadcast_trunk: the stem's coordinate has range {range}, expected a number above 0")
            }
            _ => Ok(()),
        }
    }
}
