//! Draws the figures of a finished experiment.

use super::canvas::save;
use super::confusion::ConfusionFigure;
use super::curves::CurvesFigure;
use super::error::Result;
use crate::experiment::{Outcome, RunFolder};
use std::path::{Path, PathBuf};

/// Draws learning curves and the confusion matrix of the tracks into `folder`, each as SVG and PNG; returns the
/// four files.
///
/// ```no_run
/// use mgc::experiment::Experiment;
/// use mgc::nets::Variant;
///
/// let dataset = mgc::datasets::open("gtzan", "/data/GTZAN")?;
/// let outcome = Experiment::new(dataset.as_ref(), Variant::Proposed).run("runs/gtzan", &mut ())?;
/// for figure in mgc::report::save_figures(&outcome, "runs/gtzan")? {
///     println!("{}", figure.display());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Io`](super::Error::Io) when a file cannot be written.
pub fn save_figures(outcome: &Outcome, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let curves = CurvesFigure::new(&outcome.history);
    let confusion = ConfusionFigure::new(outcome.confusion(), &outcome.labels)?;
    let mut files = Vec::new();
    for ending in ["svg", "png"] {
        let path = |stem: &str| folder.as_ref().join(format!("{stem}.{ending}"));
        let (upper, lower) = (path(RunFolder::CURVES), path(RunFolder::CONFUSION));
        save(&curves, &upper)?;
        save(&confusion, &lower)?;
        files.extend([upper, lower]);
    }
    Ok(files)
}
