//! The synthetic corpus: ten invented styles, rendered from formulas.

mod config;
mod manifest;
mod render;
mod score;
mod styles;
mod write;

use std::path::{Path, PathBuf};

pub use config::SyntheticConfig;

use crate::catalog::{Dataset, Info, Source, Track};
use crate::side::Split;
use styles::STYLES;

/// A corpus of ten invented styles: enough for the whole way from files to a report without any music, and
/// small enough to learn in a minute.
///
/// Its layout is that of GTZAN, `<style>/<style>.00000.wav`, 16 bit, mono, 22,050 Hz, with a manifest
/// `synthetic.txt`. Styles come in pairs that share timbre, harmony, register and tempo and differ only in a
/// local pattern (glides that rise or fall, plucked or swelling chords ...). Level, equalisation, noise,
/// instrument, key and tempo are random in every track, and the test tracks lie in ranges of tempo and key
/// that training never covers. So mean spectra and loudness do not give the styles away; a network must
/// learn the patterns.
///
/// The same configuration gives the same bytes for any number of threads on one type of machine.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig};
///
/// let root = tempfile::tempdir().unwrap();
/// let tiny = SyntheticConfig { seconds: 0.5, train: 2, valid: 1, test: 1, ..Default::default() };
/// let corpus = Synthetic::write(root.path(), &tiny, |done, total| eprintln!("{done}/{total}"))?;
/// assert_eq!(corpus.tracks().len(), 40);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Synthetic {
    config: SyntheticConfig,
    genres: Vec<String>,
    tracks: Vec<Track>,
}

impl Synthetic {
    /// The description of the corpus.
    pub const INFO: Info = Info {
        name: "synthetic",
        about: "ten invented styles, rendered from formulas; no music needed",
        layout: "a folder that is absent, empty (the default corpus is written there) or holds a corpus \
                 with its manifest synthetic.txt",
        genres: &[],
        clip_seconds: None,
        citation: "",
        licence: "none needed: made on your machine",
        homepage: "",
        notes: "a check that learning works, not music; its own split keeps tempo and key apart",
    };

    /// Returns size and seed of the corpus.
    pub fn config(&self) -> &SyntheticConfig {
        &self.config
    }

    fn describe(root: &Path, config: &SyntheticConfig) -> Self {
        let tracks = STYLES.iter().enumerate().flat_map(|(genre, style)| {
            config
                .sides()
                .enumerate()
                .map(move |(number, (split, _))| track(root, genre, style.name, number, split))
        });
        Self {
            config: *config,
            genres: STYLES.iter().map(|style| style.name.to_string()).collect(),
            tracks: tracks.collect(),
        }
    }
}

impl Dataset for Synthetic {
    fn info(&self) -> &Info {
        &Self::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }
}

fn track(root: &Path, genre: usize, style: &str, number: usize, split: Split) -> Track {
    let id = format!("{style}.{number:05}");
    let path: PathBuf = root.join(style).join(format!("{id}.wav"));
    Track { id, genre: Some(genre), group: None, split: Some(split), source: Source::Audio(path) }
}
