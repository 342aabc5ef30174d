//! What a classifier answers.

use std::ops::Deref;
use std::time::Duration;

/// One label with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Genre {
    /// The label.
    pub label: String,
    /// Its probability, 0 to 1; those of a classification sum to 1.
    pub probability: f64,
}

/// All labels of a model for one piece of music, the most probable first.
///
/// It dereferences to the ranking, so `classification[0]` is the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Every label, by falling probability; equal ones in the order of the model's labels.
    pub genres: Vec<Genre>,
    /// The vector that the classifier saw, the mean over the windows: an embedding of the music
    /// ([`BroadcastNet::features_t`](mgc_nets::BroadcastNet::features_t)). Of an ensemble: those of its members, one behind
    /// the other.
    pub embedding: Vec<f32>,
    /// Windows the probabilities were averaged over, at least 1; of an ensemble, those of its first member.
    pub windows: usize,
    /// Length of the music that was given.
    pub duration: Duration,
    /// Its sample rate in Hz, before any resampling.
    pub sample_rate: u32,
    /// Damaged packets of the file: see [`Clip::skipped_packets`](mgc_audio::Clip::skipped_packets).
    pub skipped_packets: usize,
}

impl Deref for Classification {
    type Target = [Genre];

    fn deref(&self) -> &[Genre] {
        &self.genres
    }
}

/// Pairs labels with probabilities, the most probable first.
pub(crate) fn rank(labels: &[String], probabilities: &[f64]) -> Vec<Genre> {
    let pairs = labels.iter().zip(probabilities);
    let mut genres: Vec<_> =
        pairs.map(|(label, probability)| Genre { label: label.clone(), probability: *probability }).collect();
    genres.sort_by(|a, b| b.probability.total_cmp(&a.probability)); // stable
    genres
}
