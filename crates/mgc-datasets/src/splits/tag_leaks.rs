//! Leaks that only the tags inside the files show.

use mgc_audio::{Tags, probe};
use rayon::prelude::*;

use super::indices::SplitIndices;
use super::report::SplitReport;
use crate::catalog::{Source, Track};
use crate::side::Split;

/// Artists and albums that, by the tags of the files, lie on several sides of a split, with those sides: what a network may
/// recognise instead of the genre.
///
/// For datasets without published groups, such as a [`Folder`](crate::Folder) of your own music. Reads the head of every file, in
/// parallel; files without tags, and those that cannot be read, say nothing. Names are those of [`SplitReport::crossing`], as
/// `artist NAME` and `album NAME by ARTIST`.
#[must_use]
pub fn crossing_tags(tracks: &[Track], split: &SplitIndices) -> Vec<(String, Vec<Split>)> {
    let tags: Vec<Option<Tags>> = tracks.par_iter().map(tags_of).collect();
    let by = |name: fn(&Tags) -> Option<String>| {
        let renamed = |(track, tags): (&Track, &Option<Tags>)| Track {
            group: tags.as_ref().and_then(name),
            ..track.clone()
        };
        let grouped: Vec<Track> = tracks.iter().zip(&tags).map(renamed).collect();
        SplitReport::new(&grouped, 0, split).crossing
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
