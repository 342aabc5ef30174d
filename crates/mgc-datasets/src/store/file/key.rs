//! The key of a row: a hash of the audio's content, the front end's settings and the version of the code.

use blake3::{Hash, Hasher};
use mgc_audio::FrontEnd;

use crate::error::{Error, Result};

/// The version of the layout of records and rows; increased with every change of either.
pub(crate) const FORMAT: u32 = 2;

/// Hashes everything that a row depends on, except for the audio.
///
/// The versions of the crates that compute it are included, since a release may change numbers: its first
/// build computes everything again. So is the byte order, since rows are kept in that of the machine.
pub(crate) fn front_end(front_end: &FrontEnd) -> Result<Hash> {
    // One spelling for each value, fields in the order of `MelConfig`.
    let settings = serde_json::to_string(front_end.config());
    let settings = settings.map_err(|error| Error::Settings { reason: error.to_string() })?;
    let hop = front_end.hop().map_or_else(String::new, |hop| hop.to_string());
    Ok(hash(&[env!("CARGO_PKG_VERSION"), mgc_audio::VERSION, &settings, &hop]))
}

fn hash(parts: &[&str]) -> Hash {
    let mut hasher = Hasher::new_derive_key("mgc-datasets feature store 2026-11-21: front end");
    hasher.update(&FORMAT.to_ne_bytes());
    for part in parts {
        hasher.update(&(part.len() as u64).to_ne_bytes()).update(part.as_bytes());
    }
    hasher.finalize()
}

/// Returns the key of the row that this front end makes of this content.
pub(crate) fn key(front_end: &Hash, content: &Hash) -> Hash {
    let mut hasher = Hasher::new_derive_key("mgc-datasets feature store 2026-11-21: row");
    hasher.update(front_end.as_bytes()).update(content.as_bytes());
    hasher.finalize()
}

/// Serializes a hash as hexadecimal text.
pub(crate) mod hex {
    use blake3::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hash.to_hex())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Hash::from_hex(text.as_bytes()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_part_counts_and_none_runs_into_the_next() {
        let parts = [["1", "1", "{}", ""], ["2", "1", "{}", ""], ["1", "2", "{}", ""], ["1", "1", "{}", "7"]];
        let shifted = [["1", "1{", "}", ""], ["11", "", "{}", ""], ["1", "1", "", "{}"]];
        let hashes: HashSet<_> = parts.iter().chain(&shifted).map(|parts| hash(parts)).collect();
        assert_eq!(hashes.len(), 7);
    }
}
