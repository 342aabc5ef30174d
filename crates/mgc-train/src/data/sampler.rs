//! The examples that an epoch draws, and their order.

use crate::data::shuffle::epoch_order;
use crate::error::{Error, Result};
use crate::rng::{Purpose, Stream, digest};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Settings of a [`Sampler`]. The default visits every example once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplerConfig {
    /// Draws per example and epoch, 1 to 1000: an epoch draws this many times the number of examples.
    /// Default 1.
    pub copies: usize,
    /// The power p in [0, 1] by which an example of a group of n counts n^-p. At 0.5 the group is drawn as
    /// often as the square root of its size says, at 1 as often as any other. Default none: every example is
    /// drawn `copies` times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_power: Option<f64>,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self { copies: 1, group_power: None }
    }
}

impl SamplerConfig {
    /// Returns the number of draws per epoch from so many examples.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = mgc_train::SamplerConfig { copies: 2, ..Default::default() };
    /// assert_eq!(config.draws(442), 884);
    /// ```
    #[must_use]
    pub fn draws(&self, examples: usize) -> usize {
        self.copies.saturating_mul(examples)
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self) -> Result<()> {
        if !(1..=1000).contains(&self.copies) {
            let (name, value) = ("sampling copies", self.copies.to_string());
            return Err(Error::Config { name, value, expected: "1 to 1000" });
        }
        match self.group_power {
            Some(power) if !(0.0..=1.0).contains(&power) => Err(Error::Config {
                name: "sampling group_power",
                value: power.to_string(),
                expected: "a number in [0, 1]",
            }),
            _ => Ok(()),
        }
    }
}

/// A rule that says which examples an epoch draws, and in which order.
///
/// Without groups, every example comes [`copies`](SamplerConfig::copies) times, in an order shuffled over the
/// whole epoch; with one copy it is that of [`epoch_order`](crate::epoch_order). With
/// [`group_power`](SamplerConfig::group_power), examples are drawn independently and with replacement, each
/// with a probability proportional to (size of its group)^-power; a group is, for instance, an artist. Weights
/// are rounded to 2^-40.
///
/// The draws depend on the seed and the epoch alone.
///
/// # Examples
///
/// ```
/// use mgc_train::{Sampler, SamplerConfig};
///
/// // nine tracks of one artist and one of another
/// let artists = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// let config = SamplerConfig { copies: 100, group_power: Some(0.5) };
/// let order = Sampler::new(config, 10, Some(&artists))?.order(1, 0);
/// assert_eq!(order.len(), 1000);
/// let second = order.iter().filter(|&&example| example == 9).count();
/// assert!((200..300).contains(&second)); // 1 : sqrt(9), so a quarter of the draws
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    config: SamplerConfig,
    len: usize,
    /// The sums of the weights up to each example, in units of 2^-40; none where all come alike.
    sums: Option<Vec<u64>>,
}

/// The weight of an example that is a group of its own.
const UNIT: f64 = (1u64 << 40) as f64;

impl Sampler {
    /// Creates a rule for `len` examples. `groups` holds the group of every example, by any numbers.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when a setting lies outside its range, or groups are to count but are not given,
    /// [`Error::Unpaired`] when their number is not `len`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Sampler, SamplerConfig};
    ///
    /// let config = SamplerConfig { group_power: Some(0.5), ..Default::default() };
    /// let error = Sampler::new(config, 10, None).unwrap_err();
    /// assert!(error.to_string().starts_with("sampling group_power is 0.5, expected none without groups"));
    /// ```
    pub fn new(config: SamplerConfig, len: usize, groups: Option<&[usize]>) -> Result<Self> {
        config.check()?;
        if let Some(groups) = groups.filter(|groups| groups.len() != len) {
            return Err(Error::Unpaired { first: len, second: groups.len() });
        }
        let sums = match (config.group_power, groups) {
            (None, _) => None,
            (Some(power), Some(groups)) => Some(sums(groups, power)),
            (Some(power), None) => {
                let expected = "none without groups: give the trainer the group of every example";
                return Err(Error::Config {
                    name: "sampling group_power",
                    value: power.to_string(),
                    expected,
                });
            }
        };
        Ok(Self { config, len, sums })
    }

    /// Returns the examples of epoch `epoch` (from 0), in the order in which it draws them.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Sampler, SamplerConfig, epoch_order};
    ///
    /// let order = Sampler::new(SamplerConfig::default(), 100, None)?.order(1, 0);
    /// assert_eq!(order, epoch_order(1, 0, 100));
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn order(&self, seed: u64, epoch: usize) -> Vec<usize> {
        let count = self.config.draws(self.len);
        match &self.sums {
            None => epoch_order(seed, epoch, count).into_iter().map(|draw| draw % self.len).collect(),
            Some(sums) => weighted(sums, count, Stream::new(seed, Purpose::Draw, &epoch.to_string())),
        }
    }
}

fn weighted(sums: &[u64], count: usize, mut stream: Stream) -> Vec<usize> {
    let total = sums.last().copied().unwrap_or(0);
    let mut draw = || {
        let point = stream.below_u64(total);
        sums.partition_point(|&sum| sum <= point)
    };
    (0..count).map(|_| draw()).collect()
}

fn sums(groups: &[usize], power: f64) -> Vec<u64> {
    let mut sizes = HashMap::new();
    groups.iter().for_each(|group| *sizes.entry(group).or_insert(0u32) += 1);
    let weight = |group| (UNIT * f64::from(sizes[group]).powf(-power)).round().max(1.0) as u64;
    let mut sum = 0;
    let add = |group| {
        sum += weight(group);
        sum
    };
    groups.iter().map(add).collect()
}

/// Returns a digest of how the examples are grouped, the same whatever the numbers of the groups.
pub(crate) fn groups_digest(groups: &[usize]) -> String {
    let mut numbers = HashMap::new();
    let mut bytes = Vec::with_capacity(8 * groups.len());
    for group in groups {
        let next = numbers.len() as u64;
        bytes.extend(numbers.entry(group).or_insert(next).to_le_bytes());
    }
    digest(&bytes)
}
