//! The headers of a Vorbis stream, as far as they say how channels are stored (Vorbis I, 4.2).

use super::{
    bits::{Bits, width},
    skip::{codebook, floor},
};

/// Bits of the packet type and the word `vorbis`.
const SIGNATURE: usize = 56;
/// The type of a residue that holds the channels of a submap interleaved.
pub(super) const INTERLEAVED: u32 = 2;

/// What the first header states.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    channels: u32,
    /// Length of the spectrum of a short and of a long block.
    half_blocks: [u32; 2],
}

impl Stream {
    pub(super) fn parse(header: &[u8]) -> Option<Self> {
        let blocks = *header.get(28)?;
        let half_blocks = [blocks & 15, blocks >> 4].map(|exponent| (1 << exponent) / 2);
        Some(Self { channels: (*header.get(11)?).into(), half_blocks })
    }
}

/// The setup header.
pub(super) struct Setup {
    pub(super) residues: Vec<Residue>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) uses: Vec<Use>,
}

/// How a part of the spectrum is stored.
#[derive(Clone, Copy)]
pub(super) struct Residue {
    pub(super) kind: u32,
    pub(super) begin: u32,
    pub(super) end: u32,
    /// Where the end is stored, bits.
    pub(super) end_at: usize,
    /// Length of a partition.
    pub(super) partition: u32,
    pub(super) classes_per_word: u32,
    /// Whether no code book belongs to class 0.
    pub(super) first_class_is_empty: bool,
}

/// One way of storing the channels.
pub(super) struct Mapping {
    /// The two channels of each coupling step.
    pub(super) steps: Vec<[u32; 2]>,
    /// Where the steps are stored, bits.
    pub(super) steps_at: usize,
    /// Bits of a channel in a step.
    pub(super) channel_bits: usize,
    /// The submap of each channel.
    submaps: Vec<usize>,
    /// The residue of each submap.
    pub(super) residues: Vec<usize>,
}

/// A residue that blocks of one length use.
pub(super) struct Use {
    pub(super) residue: usize,
    pub(super) channels: usize,
    pub(super) half_block: u32,
}

impl Mapping {
    pub(super) fn submap(&self, channel: u32) -> Option<usize> {
        self.submaps.get(channel as usize).copied()
    }

    pub(super) fn channels_of(&self, submap: usize) -> impl Iterator<Item = u32> {
        (0..).zip(&self.submaps).filter(move |(_, of)| **of == submap).map(|(channel, _)| channel)
    }
}

impl Setup {
    /// Parses the header; `None` if it is damaged.
    pub(super) fn parse(packet: &[u8], stream: Stream) -> Option<Self> {
        let bits = &mut Bits::new(packet, SIGNATURE);
        let dimensions = (0..bits.count(8)?).map(|_| codebook(bits)).collect::<Option<Vec<_>>>()?;
        let times = bits.count(6)?;
        bits.skip(16 * u64::from(times))?;
        for _ in 0..bits.count(6)? {
            floor(bits)?;
        }
        let residues = (0..bits.count(6)?).map(|_| residue(bits, &dimensions)).collect::<Option<_>>()?;
        let mappings = (0..bits.count(6)?).map(|_| mapping(bits, stream.channels)).collect::<Option<_>>()?;
        let mut setup = Self { residues, mappings, uses: Vec::new() };
        for _ in 0..bits.count(6)? {
            setup.read_mode(bits, stream)?;
        }
        setup.uses.iter().all(|used| used.residue < setup.residues.len()).then_some(setup)
    }

    /// Returns the residue of a submap.
    pub(super) fn residue(&self, mapping: &Mapping, submap: usize) -> Option<&Residue> {
        self.residues.get(*mapping.residues.get(submap)?)
    }

    fn read_mode(&mut self, bits: &mut Bits<'_>, stream: Stream) -> Option<()> {
        let half_block = stream.half_blocks[usize::from(bits.flag()?)];
        bits.skip(32)?;
        let mapping = self.mappings.get(bits.take(8)? as usize)?;
        let uses = mapping.residues.iter().enumerate().map(|(submap, residue)| Use {
            residue: *residue,
            channels: mapping.channels_of(submap).count(),
            half_block,
        });
        self.uses.extend(uses);
        Some(())
    }
}

fn residue(bits: &mut Bits<'_>, dimensions: &[u32]) -> Option<Residue> {
    let (kind, begin) = (bits.take(16)?, bits.take(24)?);
    let end_at = bits.position();
    let (end, partition, classes) = (bits.take(24)?, bits.count(24)?, bits.count(6)?);
    let classes_per_word = *dimensions.get(bits.take(8)? as usize)?;
    let books = (0..classes).map(|_| books_of_class(bits)).collect::<Option<Vec<_>>>()?;
    bits.skip(8 * books.iter().sum::<u64>())?;
    (begin <= end && classes_per_word > 0).then_some(())?;
    let first_class_is_empty = books.first() == Some(&0);
    Some(Residue { kind, begin, end, end_at, partition, classes_per_word, first_class_is_empty })
}

/// Returns in how many passes the partitions of a class have a code book.
fn books_of_class(bits: &mut Bits<'_>) -> Option<u64> {
    let low = bits.take(3)?;
    let high = if bits.flag()? { bits.take(5)? } else { 0 };
    Some((low.count_ones() + high.count_ones()).into())
}

fn mapping(bits: &mut Bits<'_>, channels: u32) -> Option<Mapping> {
    (bits.take(16)? == 0).then_some(())?;
    let submaps = if bits.flag()? { bits.count(4)? } else { 1 };
    let steps = if bits.flag()? { bits.count(8)? } else { 0 };
    let channel_bits = width(channels.checked_sub(1)?);
    let steps_at = bits.position();
    let mut step = || Some([bits.take(channel_bits)?, bits.take(channel_bits)?]);
    let steps = (0..steps).map(|_| step()).collect::<Option<_>>()?;
    bits.skip(2)?;
    let mut submap = || if submaps > 1 { bits.take(4).map(|submap| submap as usize) } else { Some(0) };
    let of_channels = (0..channels).map(|_| submap()).collect::<Option<_>>()?;
    let mut residue = || bits.skip(16).and_then(|()| bits.take(8)).map(|residue| residue as usize);
    let residues = (0..submaps).map(|_| residue()).collect::<Option<_>>()?;
    Some(Mapping { steps, steps_at, channel_bits, submaps: of_channels, residues })
}
