//! What a row is called: the audio's content, the front end's settings, the code that made it.

use blake3::{Hash, Hasher};
use mgc_audio::MelConfig;

use crate::{Error, Result};

/// Stands for the layout of records and rows: raised with every change of either.
pub(super) const FORMAT: u32 = 1;

/// The settings as text: one spelling for each value, fields in the order of [`MelConfig`].
pub(super) fn canonical(config: &MelConfig) -> Result<String> {
    serde_json::to_string(config).map_err(|error| Error::Settings { reason: error.to_string() })
}

/// Everything but the audio that a row depends on.
///
/// The version of the crates is part of it, since a release may change numbers: its first build computes
/// anew. So is the byte order, as rows are kept in that of the machine.
pub(super) fn front_end(settings: &str) -> Hash {
    let mut hasher = Hasher::new_derive_key("mgc-datasets feature store 2026-11-21: front end");
    hasher.update(&FORMAT.to_ne_bytes());
    for part in [env!("CARGO_PKG_VERSION"), settings] {
        hasher.update(&(part.len() as u64).to_ne_bytes()).update(part.as_bytes());
    }
    hasher.finalize()
}

/// The key of the row that this front end makes of this content.
pub(super) fn key(front_end: &Hash, content: &Hash) -> Hash {
    let mut hasher = Hasher::new_derive_key("mgc-datasets feature store 2026-11-21: row");
    hasher.update(front_end.as_bytes()).update(content.as_bytes());
    hasher.finalize()
}

/// A hash as hexadecimal text, for serde.
pub(super) mod hex {
    use blake3::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::store) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hash.to_hex())
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Hash::from_hex(text.as_bytes()).map_err(D::Error::custom)
    }
}
