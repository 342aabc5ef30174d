//! Reasons why an experiment cannot be run.

use crate::error::are_swapped;
use mgc_files::printable_path;
use mgc_train::Difference;
use std::path::PathBuf;

/// An experiment that cannot be run as described.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// The folder holds another run.
    #[error("{}: holds another run ({}); choose another folder", printable_path(folder), list(differences))]
    OtherRun {
        /// The folder.
        folder: PathBuf,
        /// The differences between the two runs; empty when the folder does not say.
        differences: Vec<Difference>,
    },
    /// The folder holds files of a run's names, but nothing tells that they are those of a run.
    #[error(
        "{}: holds {}; its run.json is missing or not that of a run, so nothing there is replaced; choose \
         another folder, or delete the files yourself", printable_path(folder), files.join(", ")
    )]
    NotARun {
        /// The folder.
        folder: PathBuf,
        /// The files.
        files: Vec<String>,
    },
    /// The folder holds a finished run without a file that it would be continued from.
    #[error(
        "{}: holds a finished run without its {missing}, so it cannot be continued; its model can be used as it \
         is; to train anew, choose another folder, or replace the run",
        printable_path(folder)
    )]
    Incomplete {
        /// The folder.
        folder: PathBuf,
        /// The name of the file.
        missing: String,
    },
    /// The folder for the results is a file.
    #[error("{}: a file; the results need a folder", printable_path(.0))]
    NotAFolder(PathBuf),
    /// A file of the run could not be read or written.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// No track could be used.
    #[error("none of {skipped} tracks could be used; the first: {first}")]
    NothingUsable {
        /// Tracks that were skipped.
        skipped: usize,
        /// Why the first was.
        first: String,
    },
    /// Not one epoch ended with a finite loss, so there is no best one.
    #[error(
        "no epoch of {epochs} had a finite loss on the {side} side: the training diverged; start over at a \
         lower learning rate, in another folder or in place of this run"
    )]
    NoSoundEpoch {
        /// Epochs that were trained.
        epochs: usize,
        /// The side that epochs are judged by.
        side: &'static str,
    },
    /// The dataset has no labelled track.
    #[error("the dataset has no labelled track: there is nothing to learn")]
    NoLabels,
    /// Every usable track lies on the validation or test side.
    #[error("there is no track to train on: every usable track lies on another side of the split")]
    NoTrainingTracks,
    /// A dataset of audio and no front end to read it with.
    #[error("the dataset `{dataset}` is audio, and the experiment has no front end to read it")]
    NoFrontEnd {
        /// The dataset's name.
        dataset: String,
    },
    /// A recipe that changes its training examples needs to know their bands.
    #[error(
        "the recipe changes training examples, which takes the frequencies of the bands: declare the front end \
         that made the spectrograms of {dataset}"
    )]
    NoBands {
        /// The dataset's name.
        dataset: String,
    },
    /// Finished spectrograms of another size than the declared front end gives.
    #[error(
        "the arrays are {} frames x {} bands, the front end gives {} x {}; {}declare another front end, or none: \
         the model then takes arrays only", actual.0, actual.1, expected.0, expected.1, swapped(*actual, *expected)
    )]
    ArrayShape {
        /// Frames and bands of the arrays.
        actual: (usize, usize),
        /// Frames and bands that the front end gives.
        expected: (usize, usize),
    },
    /// A fold that does not exist.
    #[error("fold {index} was asked of {folds} folds, which are numbered from 0")]
    NoSuchFold {
        /// The fold asked for.
        index: usize,
        /// How many there are.
        folds: usize,
    },
}

/// The advice for arrays that have the bands of the front end on the axis of the frames.
fn swapped(actual: (usize, usize), expected: (usize, usize)) -> &'static str {
    match are_swapped(actual, expected) {
        true => {
            "their axes are swapped: the order is (tracks, frames, bands), in NumPy x.transpose(0, 2, 1); or "
        }
        false => "",
    }
}

/// Differences that are named; more are counted.
const LISTED: usize = 5;

fn list(differences: &[Difference]) -> String {
    match differences {
        [] => "its settings are not known".into(),
        all if all.len() <= LISTED => sentences(all),
        all => format!("{}; {} more differ", sentences(&all[..LISTED]), all.len() - LISTED),
    }
}

fn sentences(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("; ")
}
