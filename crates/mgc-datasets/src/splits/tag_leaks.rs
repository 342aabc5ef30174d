//! Finds leaks that only the tags inside the files show.

use mgc_audio::{Tags, probe};
use rayon::prelude::*;

use super::indices::SplitIndices;
use super::report::crossing_groups;
use crate::catalog::{Source, Track};
use crate::side::Split;

/// Returns the artists and albums that, by the tags of the files, lie on several sides of a split, with
/// those sides. A network may recognise them instead of the genre.
///
/// Use it for datasets without published groups, such as a [`Folder`](crate::Folder) of your own music. It
/// reads the head of every file, in parallel. Files without tags and files that cannot be read are ignored.
/// The names are `artist NAME` and `album NAME by ARTIST`, in the form of
/// [`SplitReport::crossing`](crate::SplitReport::crossing).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{Dataset, SplitConfig, Synthetic, SyntheticConfig, crossing_tags, split};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let tiny = SyntheticConfig { seconds: 0.5, train: 2, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &tiny, |_, _| ())?;
/// let sides = split(corpus.tracks(), &SplitConfig::default())?;
/// assert!(crossing_tags(corpus.tracks(), &sides).is_empty()); // these files have no tags
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// When the split is one of more tracks than these.
#[must_use]
pub fn crossing_tags(tracks: &[Track], split: &SplitIndices) -> Vec<(String, Vec<Split>)> {
    let tags: Vec<Option<Tags>> = tracks.par_iter().map(tags_of).collect();
    let by = |name: fn(&Tags) -> Option<String>| {
        let regrouped = |(track, tags): (&Track, &Option<Tags>)| Track {
            group: tags.as_ref().and_then(name),
            ..track.clone()
        };
        let grouped: Vec<Track> = tracks.iter().zip(&tags).map(regrouped).collect();
        crossing_groups(&grouped, split)
    };
    [by(artist), by(album)].concat()
}

fn tags_of(track: &Track) -> Option<Tags> {
    match &track.source {
        Source::Audio(path) => probe(path).ok().map(|info| info.tags),
        Source::Row(_) => None,
    }
}

fn artist(tags: &Tags) -> Option<String> {
    tags.artist.as_ref().map(|artist| format!("artist {artist}"))
}

fn album(tags: &Tags) -> Option<String> {
    let album = tags.album.as_ref()?;
    Some(format!("album {album} by {}", tags.artist.as_deref().unwrap_or("unknown")))
}
