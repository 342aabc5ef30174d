//! Statistics of experiments: intervals, comparisons of two models, calibration and refusal.

pub(crate) mod accuracy_difference;
pub(crate) mod bootstrap;
pub(crate) mod calibration;
mod checks;
pub(crate) mod corrected_t;
pub(crate) mod coverage;
pub(crate) mod holm;
pub(crate) mod mcnemar;
pub(crate) mod proper_scores;
pub(crate) mod reliability;
pub(crate) mod resampling;
pub(crate) mod summary;
mod tails;
pub(crate) mod temperature;
pub(crate) mod top_k;
pub(crate) mod wilcoxon;
