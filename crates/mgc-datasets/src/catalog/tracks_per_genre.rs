//! A part of a dataset for quick tries.

use std::num::NonZeroUsize;

use super::dataset::Dataset;
use super::overlay::Overlay;

/// Keeps at most so many tracks of each genre, evenly spread over their order in the dataset.
///
/// The choice is the same on every machine, and takes from each side of an official split about its share.
/// Tracks without a genre are left out. Use it to see that an experiment works before it is run on everything.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig, with_tracks_per_genre};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let small = SyntheticConfig { seconds: 0.5, train: 4, valid: 2, test: 2, ..Default::default() };
/// let corpus = Synthetic::write(root, &small, |_, _| ())?;
/// let part = with_tracks_per_genre(Box::new(corpus), 4.try_into()?);
/// assert_eq!(part.counts(), [4; 10]);
/// let first: Vec<_> = part.tracks()[..4].iter().map(|track| track.id.as_str()).collect();
/// assert_eq!(first, ["arkel.00000", "arkel.00002", "arkel.00004", "arkel.00006"]);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// As [`Dataset::counts`].
pub fn with_tracks_per_genre(dataset: Box<dyn Dataset>, most: NonZeroUsize) -> Box<dyn Dataset> {
    let (counts, most) = (dataset.counts(), most.get());
    let mut seen = vec![0; counts.len()];
    let mut kept = |genre: usize| {
        let place = seen[genre];
        seen[genre] += 1;
        place * most % counts[genre] < most // a step of a staircase with `most` steps over all tracks
    };
    let tracks =
        dataset.tracks().iter().filter(|track| track.genre.is_some_and(&mut kept)).cloned().collect();
    Box::new(Overlay { genres: dataset.genres().to_vec(), tracks, dataset })
}
