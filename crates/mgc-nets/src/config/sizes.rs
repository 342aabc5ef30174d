//! Sizes that follow from a configuration: the channels of each part, the smallest input.

use crate::config::{Block, NetConfig, Stem, Transition};
use mgc_ops::Window;

/// Branches of a broadcast block. A separable block adds as many channels.
pub(crate) const BRANCHES: usize = 4;

/// Channels that share their statistics in a group normalisation: "16 features per group" (Heakl et al.
/// 2022).
pub(crate) const GROUP_CHANNELS: usize = 16;

/// The stem's pool: four frames, one band.
pub(crate) const STEM_POOL: Window = Window::valid((4, 1), (4, 1));
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

    /// Returns the length of the vector that the classifier reads.
    ///
    /// ```
    /// use mgc_nets::Variant;
    /// assert_eq!(Variant::Proposed.config(10).features(), 32);
    /// assert_eq!(Variant::InceptionResnet.config(10).features(), 96);
    /// ```
    pub fn features(&self) -> usize {
        match self.transition {
            Transition::None => self.channels(self.blocks),
            Transition::PreActivation | Transition::PostActivation => self.width,
        }
    }

    /// Returns the smallest input, (frames, bands), for which every layer's output is non-empty.
    ///
    /// ```
    /// assert_eq!(mgc_nets::NetConfig::default().min_input(), (8, 2));
    /// ```
    pub fn min_input(&self) -> (usize, usize) {
        let stem = match self.stem {
            Stem::Broadcast => vec![STEM_POOL],
            Stem::InceptionResnet => {
                [&INCEPTION_CONVS[..3], &[INCEPTION_POOL], &INCEPTION_CONVS[3..]].concat()
            }
        };
        let transition = (self.transition != Transition::None).then_some(TRANSITION_POOL);
        let windows = stem.into_iter().chain(transition).rev();
        windows.fold((1, 1), |(frames, bands), window| {
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
    ((left - 1) * stride + kernel - padding).max(1)
}
