//! The command-line names of the choices of chunks.

use clap::ValueEnum;
use mgc::Chunks;

/// Which chunks of a long recording count.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Protocol {
    /// Only the first, as in the published figures
    First,
    /// All; their probabilities are averaged
    All,
}

impl From<Protocol> for Chunks {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::First => Self::First,
            Protocol::All => Self::All,
        }
    }
}
