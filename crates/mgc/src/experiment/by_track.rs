//! Predictions for tracks from those for their chunks.

use mgc_datasets::Dataset;
use mgc_train::{ConfusionMatrix, Evaluation, Result, mean_by_recording};
use std::collections::BTreeMap;

/// The predictions for whole tracks, from those for their chunks in two ways.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrackEvaluation {
    /// The tracks, as indices into those of the dataset, in ascending order. All lists below have this order.
    pub tracks: Vec<usize>,
    /// For each track, the mean over its chunks of the probability of every class; each row sums to 1.
    pub probabilities: Vec<Vec<f64>>,
    /// For each track, the class of the highest mean probability; the first of equals.
    pub by_mean: Vec<u32>,
    /// For each track, the class predicted for most of its chunks; of equals the one of the highest mean
    /// probability.
    pub by_vote: Vec<u32>,
    /// True genres against [`by_mean`](Self::by_mean).
    pub confusion_by_mean: ConfusionMatrix,
    /// True genres against [`by_vote`](Self::by_vote).
    pub confusion_by_vote: ConfusionMatrix,
}

impl TrackEvaluation {
    /// Joins the predictions for chunks; `tracks` is the track of each.
    pub(super) fn new(dataset: &dyn Dataset, tracks: &[usize], chunks: &Evaluation) -> Result<Self> {
        let classes = dataset.genres().len();
        let (distinct, probabilities) = mean_by_recording(tracks, &chunks.probabilities)?;
        let mut votes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (track, &class) in tracks.iter().zip(&chunks.predictions) {
            votes.entry(*track).or_insert_with(|| vec![0; classes])[class as usize] += 1;
        }
        let (mut by_mean, mut by_vote) = (Vec::new(), Vec::new());
        for (mean, votes) in probabilities.iter().zip(votes.values()) {
            by_mean.push(first_largest(mean, |class| mean[class]));
            by_vote.push(first_largest(mean, |class| votes[class] as f64 + mean[class] / 2.0));
        }
        let truth: Vec<u32> =
            distinct.iter().map(|&track| dataset.tracks()[track].genre.unwrap_or_default() as u32).collect();
        Ok(Self {
            confusion_by_mean: ConfusionMatrix::new(classes, &truth, &by_mean)?,
            confusion_by_vote: ConfusionMatrix::new(classes, &truth, &by_vote)?,
            tracks: distinct,
            probabilities,
            by_mean,
            by_vote,
        })
    }
}

/// Returns the class of the largest score, the first of equals.
fn first_largest(classes: &[f64], score: impl Fn(usize) -> f64) -> u32 {
    let better = |best: usize, class: usize| if score(class) > score(best) { class } else { best };
    (0..classes.len()).reduce(better).unwrap_or_default() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_votes_the_higher_mean_decides_and_a_majority_beats_it() -> Result<()> {
        let vote = |rows: &[[f64; 3]], votes: [usize; 3]| {
            let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.to_vec()).collect();
            let mean = mean_by_recording(&vec![0; rows.len()], &rows)?.1.remove(0);
            let by_mean = first_largest(&mean, |class| mean[class]);
            Ok::<_, mgc_train::Error>((
                by_mean,
                first_largest(&mean, |class| votes[class] as f64 + mean[class] / 2.0),
            ))
        };
        assert_eq!(vote(&[[0.4, 0.35, 0.25], [0.1, 0.6, 0.3]], [1, 1, 0])?, (1, 1));
        assert_eq!(vote(&[[0.5, 0.4, 0.1], [0.5, 0.4, 0.1], [0.0, 1.0, 0.0]], [2, 1, 0])?, (1, 0));
        assert_eq!(vote(&[[0.5, 0.5, 0.0]], [1, 0, 0])?, (0, 0));
        Ok(())
    }
}
