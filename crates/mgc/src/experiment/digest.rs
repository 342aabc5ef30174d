//! Short digests of what an experiment's result depends on.

use mgc_datasets::{Dataset, Split, SplitIndices, composed};

/// Digests the ids, labels and sides of all tracks. Unicode's forms of a letter do not matter: a copy on
/// another system may have the other.
pub(super) fn of_tracks(dataset: &dyn Dataset, sides: &SplitIndices) -> String {
    let mut hasher = blake3::Hasher::new();
    let side = |track: usize| Split::ALL.into_iter().find(|s| sides.side(*s).binary_search(&track).is_ok());
    for (index, track) in dataset.tracks().iter().enumerate() {
        let genre = track.genre.and_then(|genre| dataset.genres().get(genre));
        let side = side(index).map_or("none", Split::name);
        for part in [&composed(&track.id), &composed(genre.map_or("", String::as_str)), side] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    short(&hasher)
}

/// Digests spectrograms, in order.
pub(super) struct Values(blake3::Hasher);

impl Values {
    pub(super) fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    pub(super) fn add(&mut self, values: &[f32]) {
        self.0.update(bytemuck::cast_slice(values));
    }

    pub(super) fn finish(&self) -> String {
        short(&self.0)
    }
}

/// 16 hexadecimal digits.
fn short(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex().chars().take(16).collect()
}
