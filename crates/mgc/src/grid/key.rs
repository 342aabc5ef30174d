//! The key of a cell: a hash of all that determines its result.

use crate::error::Result;
use crate::experiment::Experiment;

/// Digits of a key in the name of a folder.
const SHOWN: usize = 8;

/// Hashes the settings of an experiment, its number of epochs, its data and the version of this crate.
///
/// `data` is the digest of the features, which the settings do not know before they are computed.
pub(super) fn key(experiment: &Experiment<'_>, data: &str) -> Result<String> {
    let settings = experiment.settings()?.to_string();
    let epochs = experiment.recipe().train.epochs.to_string();
    let mut hasher = blake3::Hasher::new_derive_key("mgc grid 2026-11-28: cell");
    for part in [settings.as_str(), &epochs, data, env!("CARGO_PKG_VERSION")] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    Ok(hasher.finalize().to_hex().chars().take(16).collect())
}

/// Returns the part of a key that names a folder.
pub(super) fn short(key: &str) -> &str {
    key.get(..SHOWN).unwrap_or(key)
}
