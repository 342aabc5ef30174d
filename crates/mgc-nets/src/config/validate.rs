//! Checks that a configuration can be built, before anything is allocated.

use crate::config::checks::{CLASSES, FILTERS, check, share, within};
use crate::config::sizes::GROUP_CHANNELS;
use crate::config::{Block, BroadcastBlock, HeadPool, NetConfig, Norm, STEM_POOL, Stem, Transition};
use crate::error::Result;
use std::ops::RangeInclusive;

const BLOCKS: RangeInclusive<usize> = 1..=64;
const SUB_BANDS: RangeInclusive<usize> = 1..=128;
const MAX_POOL: usize = 64;
const MAX_COORDINATE: f64 = 1_000.;
const KERNELS: usize = 4;
const MAX_KERNEL: usize = 31;

impl NetConfig {
    /// Checks that the network can be built, without allocating anything.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config), with the field, its value, the values allowed and the reason.
    ///
    /// # Example
    /// ```
    /// use mgc_nets::NetConfig;
    /// assert!(NetConfig::default().validate().is_ok());
    /// let error = NetConfig { blocks: 0, ..NetConfig::default() }.validate().unwrap_err();
    /// assert_eq!(error.to_string(), "network configuration: blocks is 0, it must be 1 to 64");
    /// ```
    pub fn validate(&self) -> Result<()> {
        within("classes", self.classes, &CLASSES)?;
        within("width", self.width, &FILTERS)?;
        within("blocks", self.blocks, &BLOCKS)?;
        within("growth", self.growth, &FILTERS)?;
        share("dropout", self.dropout)?;
        share("norm_momentum", self.norm_momentum)?;
        self.validate_stem()?;
        if let HeadPool::SubBands(count) = self.head_pool {
            within("head_pool.sub_bands", count, &SUB_BANDS)?;
        }
        if let Block::Broadcast(block) = &self.block {
            self.validate_block(block)?;
        }
        self.normalised().iter().try_for_each(|(part, channels)| self.groups(part, *channels))
    }

    fn validate_stem(&self) -> Result<()> {
        let inception = self.stem == Stem::InceptionResnet;
        let halved = inception && self.width % 2 == 1;
        check("width", self.width, !halved, "even: this stem has a layer of 5/2 times as many filters")?;
        let (frames, bands) = self.stem_pool;
        let sides = [frames, bands].iter().all(|side| (1..=MAX_POOL).contains(side));
        let said = format!("{:?}", self.stem_pool);
        check("stem_pool", &said, sides, format!("(frames, bands), each 1 to {MAX_POOL}"))?;
        let own = inception && self.stem_pool != STEM_POOL;
        check("stem_pool", said, !own, format!("{STEM_POOL:?}: this stem has a pool of its own"))?;
        let range = self.coordinate.unwrap_or(1.);
        let fits = range > 0. && range <= MAX_COORDINATE;
        check("coordinate", range, fits, format!("above 0 and at most {MAX_COORDINATE}, or none"))
    }

    fn validate_block(&self, block: &BroadcastBlock) -> Result<()> {
        for (field, kernels) in [("kernels3", &block.kernels3), ("kernels5", &block.kernels5)] {
            let odd = |size: usize| size % 2 == 1 && size <= MAX_KERNEL;
            let fit = kernels.len() <= KERNELS && kernels.iter().all(|(t, f)| odd(*t) && odd(*f));
            check(field, format!("{kernels:?}"), fit, "at most 4 kernels, each side odd and up to 31")?;
        }
        if let Some(ratio) = block.squeeze_ratio {
            let squeezed = self.channels(1) - self.channels(0);
            let expected = format!("1 to {squeezed}, the channels that a block adds");
            check("squeeze_ratio", ratio, (1..=squeezed).contains(&ratio), expected)?;
        }
        block.lstm_units.map_or(Ok(()), |units| within("lstm_units", units, &FILTERS))
    }

    /// Every normalised map: the part that holds it, and its channels.
    fn normalised(&self) -> Vec<(String, usize)> {
        let mut maps: Vec<(String, usize)> = match self.stem {
            Stem::Broadcast => vec![("the stem".into(), self.width)],
            Stem::InceptionResnet => {
                self.inception_widths().iter().map(|width| ("the stem".into(), *width)).collect()
            }
        };
        maps.extend((0..self.blocks).map(|i| (format!("the input of block {}", i + 1), self.channels(i))));
        if self.block != Block::Separable {
            maps.push(("the branches".into(), self.growth));
        }
        if self.block == Block::InceptionResnet {
            maps.extend([2, 3].map(|branches| ("the joined branches".into(), branches * self.growth)));
        }
        if self.transition == Transition::PreActivation {
            maps.push(("the transition".into(), self.channels(self.blocks)));
        }
        maps.push(("the head".into(), self.last_channels()));
        maps
    }

    fn groups(&self, part: &str, channels: usize) -> Result<()> {
        let whole = self.norm != Norm::Group || channels.is_multiple_of(GROUP_CHANNELS);
        let expected = format!(
            "batch there: a group has {GROUP_CHANNELS} channels, and {channels} is not a multiple of it"
        );
        check("norm", format!("group over {channels} channels in {part}"), whole, expected)
    }
}
