//! Sizes that follow from a configuration: the channels of each part, the smallest input.

use crate::config::{Block, HeadPool, NetConfig, Stem, Transition};
use mgc_ops::Window;

/// Branches of a broadcast block. A separable block adds as many channels.
pub(crate) const BRANCHES: usize = 4;

/// Channels that share their statistics in a group normalisation: "16 features per group" (Heakl et al.
/// 2022).
pub(crate) const GROUP_CHANNELS: usize = 16;

/// The transition's pool.
pub(crate) const TRANSITION_POOL: Window = Window::valid((2, 2), (2, 2));
/// The pool of Inception-ResNet's stem.
pub(crate) const INCEPTION_POOL: Window = Window::valid((3, 3), (2, 2));

/// The convolutions of Inception-ResNet's stem; its pool comes after the third.
pub(crate) const INCEPTION_CONVS: [Window; 6] = [
    Window::valid((3, 3), (2, 2)),
    Window::valid((3, 3), (1, 1)),
    Window::same((3, 3)),
    Window::valid((1, 1), (1, 1)),
    Window::valid((3, 3), (1, 1)),
    Window::valid((3, 3), (2, 2)),
];

impl NetConfig {
    /// Filters of the six convolutions of Inception-ResNet's stem: 32, 32, 64, 80, 192, 256 scaled to
    /// `width`.
    pub(crate) fn inception_widths(&self) -> [usize; 6] {
        let width = self.width;
        [width, width, 2 * width, 5 * width / 2, 6 * width, 8 * width]
    }

    /// Channels that the four branches of a block add, without those of an LSTM.
    pub(crate) fn appended(&self) -> usize {
        BRANCHES * self.growth
    }

    /// Channels of the input of block `block`, from 0; at `blocks`, those of the last output.
    pub(crate) fn channels(&self, block: usize) -> usize {
        let stem = match self.stem {
            Stem::Broadcast => self.width,
            Stem::InceptionResnet => 8 * self.width,
        };
        let grown = match &self.block {
            Block::Broadcast(b) => self.appended() + b.lstm_units.unwrap_or(0),
            Block::Separable => self.appended(),
            Block::InceptionResnet => 0,
        };
        stem + block * grown
    }

    /// Channels of the map that the head reads.
    pub(crate) fn last_channels(&self) -> usize {
        match self.transition {
            Transition::None => self.channels(self.blocks),
            Transition::PreActivation | Transition::PostActivation => self.width,
        }
    }

    /// The window of the stem's pool.
    pub(crate) fn stem_window(&self) -> Window {
        match self.stem {
            Stem::Broadcast => Window::valid(self.stem_pool, self.stem_pool),
            Stem::InceptionResnet => INCEPTION_POOL,
        }
    }

    /// Returns the length of the vector that the classifier reads.
    ///
    /// ```
    /// use mgc_nets::Variant;
    /// assert_eq!(Variant::Proposed.config(10).features(), 32);
    /// assert_eq!(Variant::InceptionResnet.config(10).features(), 96);
    /// assert_eq!(Variant::FrequencyAware.config(10).features(), 2 * 4 * 32);
    /// ```
    pub fn features(&self) -> usize {
        let each = match self.head_pool {
            HeadPool::Average | HeadPool::Max => 1,
            HeadPool::SubBands(count) => count.saturating_mul(2),
        };
        self.last_channels().saturating_mul(each)
    }

    /// Returns the smallest input, (frames, bands), for which every layer's output is non-empty.
    ///
    /// ```
    /// use mgc_nets::{NetConfig, Variant};
    /// assert_eq!(NetConfig::default().min_input(), (8, 2));
    /// assert_eq!(Variant::FrequencyAware.config(10).min_input(), (4, 16)); // four sub-bands, halved twice
    /// ```
    pub fn min_input(&self) -> (usize, usize) {
        let pool = self.stem_window();
        let stem = match self.stem {
            Stem::Broadcast => vec![pool],
            Stem::InceptionResnet => [&INCEPTION_CONVS[..3], &[pool], &INCEPTION_CONVS[3..]].concat(),
        };
        let transition = (self.transition != Transition::None).then_some(TRANSITION_POOL);
        let sub_bands = match self.head_pool {
            HeadPool::Average | HeadPool::Max => 1,
            HeadPool::SubBands(count) => count.max(1),
        };
        let windows = stem.into_iter().chain(transition).rev();
        windows.fold((1, sub_bands), |(frames, bands), window| {
            (needed(frames, &window, true), needed(bands, &window, false))
        })
    }
}

/// Rows, or columns, of the smallest input for which a window gives `left` of them.
fn needed(left: usize, window: &Window, rows: bool) -> usize {
    let Window { kernel, stride, padding: p } = window;
    let (kernel, stride, padding) = match rows {
        true => (kernel.0, stride.0, p.top + p.bottom),
        false => (kernel.1, stride.1, p.left + p.right),
    };
    ((left - 1).saturating_mul(stride).saturating_add(kernel) - padding).max(1)
}
