//! Why a model answers as it does: which parts of the spectrogram speak for a genre, which seconds decide,
//! and how the answer changes over a long recording.
//!
//! ```
//! # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
//! use mgc::explain::{Chunk, DeletionConfig, OcclusionConfig, Timeline, deletion, occlusion};
//!
//! let classifier = mgc::Classifier::load("model.safetensors")?;
//! let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
//! let genre = timeline.ranking()[0];
//! let start = timeline.peak(genre).map_or(Default::default(), |moment| moment.start);
//!
//! let chunk = Chunk::read(&classifier, "song.wav", start)?;
//! let model = |batch: &_| classifier.probabilities(batch);
//! let maps = occlusion(&chunk.spectrogram, &OcclusionConfig::default(), model)?;
//! let check = deletion(&chunk.spectrogram, &maps[genre], genre, &DeletionConfig::default(), model)?;
//! println!("{:.2}, without the most decisive tenth {:.2}", check.before, check.decisive);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The functions that take an `answer` explain any model: a closure from spectrograms (N, 1, frames, bands)
//! to rows of probabilities. The same input gives the same values. `report::ExplanationFigure` and
//! `report::TimelineFigure` (feature `report`) draw them.
//!
//! # Which map
//!
//! | | [`occlusion`] | [`activation`] |
//! |---|---|---|
//! | networks | any | those that end with a global average pool |
//! | forward passes | 129 at 16 x 8 patches | 1 |
//! | time of a 30 s chunk, one thread | 12 s | 0.2 s |
//! | probability without the most decisive tenth (whole 0.975, without a random tenth 0.960) | 0.460 | 0.792 |
//! | clips in which that is less than without a random tenth | 50 of 50 | 40 of 50 |
//!
//! Medians of [`deletion`] with its default settings for the first genre of 50 clips of GTZAN, five of each
//! genre, with Liu et al.'s published BBNN of the fifth fold; measured 2026-11-28. The network may have been
//! trained on some of the clips: the figures are about the maps, not about accuracy. With silence
//! ([`Fill::Floor`]) for the deleted parts (whole 0.975, random 0.945), the same occlusion maps leave 0.726
//! (less than random on 43 of 50) and the activation maps 0.806 (35 of 50).
//!
//! Occlusion is the more faithful one. Its maps depend on what replaces a patch: on 25 of these clips, maps
//! made with silence lowered the probability by 0.70 when silence was deleted, but by 0.14 when the mean of
//! the band was. Silence is itself a sign of a genre to these networks, so [`Fill::BandMean`] is the default.

mod activation;
mod chunk;
mod deletion;
mod eraser;
mod fill;
mod log_odds;
mod occlusion;
mod passage;
mod patches;
mod timeline;

pub use crate::error::ExplainError;
pub use activation::activation;
pub use chunk::Chunk;
pub use deletion::{Deletion, DeletionConfig, deletion};
pub use fill::Fill;
pub use occlusion::{OcclusionConfig, occlusion};
pub use passage::{Passage, PassageConfig, decisive_passage};
pub use timeline::{Moment, Timeline};
