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

#[cfg(test)]
mod tests {
    use super::*;
    use mgc_audio::MelConfig;
    use mgc_datasets::{Synthetic, SyntheticConfig};
    use mgc_nets::Variant;
    use mgc_train::ClassWeights;

    /// The cells of a folder are found by it again: of one version, it never changes.
    #[test]
    fn the_key_of_default_settings_stays_and_every_setting_changes_it() -> Result<()> {
        let corpus = Synthetic::planned("music", &SyntheticConfig::default())?;
        let plain = || Experiment::new(&corpus, Variant::Proposed).with_front_end(MelConfig::quick());
        let expected = key(&plain(), "digest")?;
        if env!("CARGO_PKG_VERSION") == "0.1.0" {
            assert_eq!(expected, "4ecb4fa1bae19b57");
        }
        let (mut weighted, mut clipped) = (plain().recipe(), plain().recipe());
        weighted.train.class_weights = ClassWeights::Balanced;
        clipped.adam.clip_norm = Some(1.0);
        let changed = [
            plain().with_recipe(weighted),
            plain().with_recipe(clipped),
            plain().with_chunks(2.5),
            plain().with_chunks(5.0),
        ];
        let mut keys = changed.iter().map(|one| key(one, "digest")).collect::<Result<Vec<_>>>()?;
        keys.push(expected);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 5);
        Ok(())
    }
}
