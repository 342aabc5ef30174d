//! Following an experiment while it runs.

use crate::experiment::data::Data;
use mgc_datasets::Skipped;
use mgc_train::{Callback, Epoch, Step, TrainConfig};
use std::fmt;
use std::ops::ControlFlow;

/// Something that follows an experiment: a terminal, a log, a test. Every method has an empty default.
///
/// ```
/// use mgc::experiment::Observer;
/// use mgc::train::Epoch;
/// use std::ops::ControlFlow;
///
/// struct Losses(Vec<f64>);
///
/// impl Observer for Losses {
///     fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
///         self.0.push(epoch.train.loss);
///         ControlFlow::Continue(())
///     }
/// }
/// # let _ = Losses(Vec::new());
/// ```
pub trait Observer: Send {
    /// Called for everything that may spoil the result without being an error; a [`Warning`] can be printed.
    fn on_warning(&mut self, warning: &Warning) {
        let _ = warning;
    }

    /// Called after each track whose spectrogram is ready or was skipped.
    fn on_features(&mut self, done: usize, total: usize) {
        let _ = (done, total);
    }

    /// Called once when all spectrograms are there, before anything is written.
    fn on_data(&mut self, data: &Data<'_>) {
        let _ = data;
    }

    /// Called once before the first training step.
    fn on_start(&mut self, start: &Start) {
        let _ = start;
    }

    /// Called after every training step.
    fn on_step(&mut self, step: &Step) {
        let _ = step;
    }

    /// Called after every epoch and its validation; `Break` ends the training after this epoch.
    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        let _ = epoch;
        ControlFlow::Continue(())
    }
}

/// An observer that ignores everything, warnings included.
impl Observer for () {}

/// What a run is about to do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// The network's name.
    pub network: String,
    /// Values in its variables, running statistics included.
    pub parameters: usize,
    /// Settings of the training loop.
    pub train: TrainConfig,
    /// Steps of an epoch.
    pub steps: usize,
    /// Epochs completed before resuming.
    pub done: usize,
}

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
    /// Labels that differ only in case, spaces, hyphens or Unicode form, in groups: each is probably one genre
    /// ([`with_label_map`](mgc_datasets::with_label_map) makes it one).
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
    /// Tracks of which the network hears only silence, or channels that cancel each other in their mean: a spectrogram with
    /// the same value everywhere or, of audio, none that can be heard.
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
                "according to the tags of the files, {count} artists or albums lie on two sides of the split, {example} \
                 among them: the result will be too good. Keep each in a folder of its own inside its genre"
            ),
            Self::Skipped(skipped) => {
                write!(f, "tracks that could not be used and were left out: {}", skipped.len())?;
                let mut shown = skipped.iter().take(SHOWN);
                shown.try_for_each(|track| write!(f, "\n  {}: {}", track.id, track.reason))?;
                if skipped.len() > SHOWN { write!(f, "\n  ... all of them in skipped.csv") } else { Ok(()) }
            }
            Self::AlikeLabels(groups) => {
                let quoted = |group: &Vec<String>| {
                    group.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(" and ")
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
                ids.iter().take(SHOWN).try_for_each(|id| write!(f, "\n  {id}"))?;
                if ids.len() > SHOWN { write!(f, "\n  ...") } else { Ok(()) }
            }
            Self::FewTracks { least, genres } => {
                let list: Vec<_> = genres.iter().map(|(genre, count)| format!("{genre} {count}")).collect();
                let list = list.join(", ");
                write!(f, "some genres have fewer than {least} training tracks ({list}); expect poor results")
            }
        }
    }
}

/// Passes what the trainer tells on to the observer.
pub(super) struct Follow<'o> {
    pub(super) observer: &'o mut dyn Observer,
    pub(super) start: Start,
}

impl Callback for Follow<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> mgc_train::Result<()> {
        self.start.done = done.len();
        self.observer.on_start(&self.start);
        Ok(())
    }

    fn on_step(&mut self, step: &Step) -> mgc_train::Result<()> {
        self.observer.on_step(step);
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> mgc_train::Result<ControlFlow<()>> {
        Ok(self.observer.on_epoch(epoch))
    }
}
