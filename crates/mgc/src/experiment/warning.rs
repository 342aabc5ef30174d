//! What may spoil a result without being an error.

use mgc_datasets::Skipped;
use mgc_files::printable;
use std::fmt;

/// Something that may spoil a result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// By the tags of the files, artists or albums lie on two sides of the split.
    RelatedTracks {
        /// How many do.
        count: usize,
        /// One of them.
        example: String,
    },
    /// Some tracks could not be used.
    Skipped(Vec<Skipped>),
    /// Labels that differ only in case, spaces, hyphens or Unicode form, in groups: each is probably one
    /// genre ([`with_label_map`](mgc_datasets::with_label_map) makes it one).
    AlikeLabels(Vec<Vec<String>>),
    /// Labelled tracks that lie on no side of the split and are not used.
    OutsideSplit {
        /// How many they are.
        count: usize,
        /// All tracks of the dataset that have a label.
        tracks: usize,
        /// Where the split comes from.
        origin: String,
    },
    /// Finished spectrograms with as many frames as spectrograms usually have bands: their axes are probably
    /// swapped.
    Transposed {
        /// Frames, the second axis of the arrays.
        frames: usize,
        /// Bands, the third axis of the arrays.
        bands: usize,
    },
    /// Tracks of which the network hears only silence, or channels that cancel each other in their mean: a
    /// spectrogram with the same value everywhere or, of audio, none that can be heard.
    Silent(Vec<String>),
    /// Genres with fewer training tracks than a network can learn from, with their numbers.
    FewTracks {
        /// The number below which a genre is listed.
        least: usize,
        /// Genre and number of training tracks.
        genres: Vec<(String, usize)>,
    },
}

/// Skipped tracks that are named; a table of the run lists all.
const SHOWN: usize = 5;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RelatedTracks { count, example } => write!(
                f,
                "according to the tags of the files, {count} artists or albums lie on two sides of the split, {} \
                 among them: the result will be too good. Keep each in a folder of its own inside its genre",
                printable(example)
            ),
            Self::Skipped(skipped) => {
                write!(f, "tracks that could not be used and were left out: {}", skipped.len())?;
                let mut shown = skipped.iter().take(SHOWN);
                shown.try_for_each(|track| write!(f, "\n  {}: {}", printable(&track.id), track.reason))?;
                if skipped.len() > SHOWN { write!(f, "\n  ... all of them in skipped.csv") } else { Ok(()) }
            }
            Self::AlikeLabels(groups) => {
                let quoted = |group: &Vec<String>| {
                    group
                        .iter()
                        .map(|label| format!("`{}`", printable(label)))
                        .collect::<Vec<_>>()
                        .join(" and ")
                };
                let groups = groups.iter().map(quoted).collect::<Vec<_>>().join("; ");
                write!(f, "labels that look like one genre are different ones here: {groups}")
            }
            Self::OutsideSplit { count, tracks, origin } => {
                write!(f, "{count} of {tracks} labelled tracks lie on no side of {origin} and are not used")
            }
            Self::Transposed { frames, bands } => write!(
                f,
                "the arrays are read as {frames} frames x {bands} bands, which looks like swapped axes: the order is \
                 (tracks, frames, bands), in NumPy x.transpose(0, 2, 1)"
            ),
            Self::Silent(ids) => {
                write!(f, "tracks of which only silence is heard: {}", ids.len())?;
                ids.iter().take(SHOWN).try_for_each(|id| write!(f, "\n  {}", printable(id)))?;
                if ids.len() > SHOWN { write!(f, "\n  ...") } else { Ok(()) }
            }
            Self::FewTracks { least, genres } => {
                let list: Vec<_> =
                    genres.iter().map(|(genre, count)| format!("{} {count}", printable(genre))).collect();
                let list = list.join(", ");
                write!(f, "some genres have fewer than {least} training tracks ({list}); expect poor results")
            }
        }
    }
}
