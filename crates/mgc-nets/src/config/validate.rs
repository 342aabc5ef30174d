//! Which configurations can be built, told before anything is allocated.

use crate::config::sizes::GROUP_CHANNELS;
use crate::config::{Block, BroadcastBlock, NetConfig, Norm, Stem, Transition};
use crate::error::{Error, Result};
use std::fmt::Display;
use std::ops::RangeInclusive;

// Far beyond any use, and small enough that no product of them overflows.
const CLASSES: RangeInclusive<usize> = 2..=100_000;
const FILTERS: RangeInclusive<usize> = 1..=4_096;
const BLOCKS: RangeInclusive<usize> = 1..=64;
const KERNELS: usize = 4;
const MAX_KERNEL: usize = 31;

impl NetConfig {
    /// Checks the configuration without allocating anything.
    ///
    /// # Errors
    /// [`Error::Config`] naming the field, its value, what it must be and why.
    pub fn validate(&self) -> Result<()> {
        within("classes", self.classes, &CLASSES)?;
        within("width", self.width, &FILTERS)?;
        within("blocks", self.blocks, &BLOCKS)?;
        within("growth", self.growth, &FILTERS)?;
        share("dropout", self.dropout)?;
        share("label_smoothing", self.label_smoothing)?;
        let halved = self.stem == Stem::InceptionResnet && self.width % 2 == 1;
        check("width", self.width, !halved, "even: this stem has a layer of 5/2 times so many filters")?;
        if let Block::Broadcast(block) = &self.block {
            self.validate_block(block)?;
        }
        self.normalised().iter().try_for_each(|(part, channels)| self.groups(part, *channels))
    }

    fn validate_block(&self, block: &BroadcastBlock) -> Result<()> {
        for (field, kernels) in [("kernels3", &block.kernels3), ("kernels5", &block.kernels5)] {
            let odd = |size: usize| size % 2 == 1 && size <= MAX_KERNEL;
            let fit = kernels.len() <= KERNELS && kernels.iter().all(|(t, f)| odd(*t) && odd(*f));
            check(field, format!("{kernels:?}"), fit, "at most 4 kernels, each side odd and up to 31")?;
        }
        if let Some(ratio) = block.squeeze_ratio {
            let squeezed = self.channels(1) - self.channels(0);
            let expected = format!("1 to {squeezed}, the channels that a block appends");
            check("squeeze_ratio", ratio, (1..=squeezed).contains(&ratio), expected)?;
        }
        block.lstm_units.map_or(Ok(()), |units| within("lstm_units", units, &FILTERS))
    }

    /// Every normalised map, by the part it lies in, and its channels.
    fn normalised(&self) -> Vec<(String, usize)> {
        let mut maps: Vec<(String, usize)> = match self.stem {
            Stem::Broadcast => vec![("the stem".into(), self.width)],
            Stem::InceptionResnet => {
                self.inception_widths().iter().map(|width| ("the stem".into(), *width)).collect()
            }
        };
        maps.extend((0..self.blocks).map(|i| (format!("what block {} reads", i + 1), self.channels(i))));
        if self.block != Block::Separable {
            maps.push(("the branches".into(), self.growth));
        }
        if self.block == Block::InceptionResnet {
            maps.extend([2, 3].map(|branches| ("the joined branches".into(), branches * self.growth)));
        }
        if self.transition == Transition::PreActivation {
            maps.push(("the transition".into(), self.channels(self.blocks)));
        }
        maps.push(("the head".into(), self.features()));
        maps
    }

    fn groups(&self, part: &str, channels: usize) -> Result<()> {
        let whole = self.norm != Norm::Group || channels.is_multiple_of(GROUP_CHANNELS);
        let expected = format!(
            "batch there: a group has {GROUP_CHANNELS} channels, and {channels} is no multiple of it"
        );
        check("norm", format!("group over {channels} channels in {part}"), whole, expected)
    }
}

fn within(field: &'static str, value: usize, range: &RangeInclusive<usize>) -> Result<()> {
    check(field, value, range.contains(&value), format!("{} to {}", range.start(), range.end()))
}

fn share(field: &'static str, value: f64) -> Result<()> {
    check(field, value, (0.0..1.0).contains(&value), "0 to below 1")
}

fn check(field: &'static str, value: impl Display, valid: bool, expected: impl Into<String>) -> Result<()> {
    match valid {
        true => Ok(()),
        false => Err(Error::Config { field, value: value.to_string(), expected: expected.into() }),
    }
}
