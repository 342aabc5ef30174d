//! What a finished run hands over.

use crate::experiment::by_track::TrackEvaluation;
use crate::model::bundle::Bundle;
use mgc_datasets::Split;
use mgc_train::{ConfusionMatrix, Evaluation, History};

/// The result of a finished experiment; its files lie in the folder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// Every epoch.
    pub history: History,
    /// The side that [`evaluation`](Self::evaluation) is about: test; valid, or even train, where there is no
    /// such side.
    pub side: Split,
    /// The predictions of the best epoch's network for the examples of that side, and their scores.
    pub evaluation: Evaluation,
    /// The predictions for whole tracks, of a run on [chunks](crate::experiment::Experiment::with_chunks).
    pub by_track: Option<TrackEvaluation>,
    /// The genres, in the order of the classes.
    pub labels: Vec<String>,
    /// The model file's content; `None` for a network that a model file cannot describe.
    pub bundle: Option<Bundle>,
}

impl Outcome {
    /// Returns true against predicted genres, a count for each track: of a run on chunks by the mean of their
    /// probabilities.
    #[must_use]
    pub fn confusion(&self) -> &ConfusionMatrix {
        self.by_track.as_ref().map_or(&self.evaluation.confusion, |by_track| &by_track.confusion_by_mean)
    }
}
