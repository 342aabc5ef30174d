//! The command-line names of the window protocols.

use clap::ValueEnum;
use mgc::Windows;

/// Which windows of a long recording count.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Protocol {
    /// Only the first, as in the published figures
    First,
    /// All; their probabilities are averaged
    All,
}

impl From<Protocol> for Windows {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::First => Self::First,
            Protocol::All => Self::All,
        }
    }
}
