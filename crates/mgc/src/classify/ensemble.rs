//! Several models asked together.

use crate::classify::classification::{Classification, rank};
use crate::classify::classifier::{Classifier, Windows, mean};
use crate::error::{Error, Result};
use mgc_audio::{Clip, decode};
use std::path::Path;

/// Models of the same labels, whose probabilities are averaged: folds of one network, or different networks.
///
/// Each looks through its own front end; a file is decoded once.
///
/// ```no_run
/// let ensemble = mgc::Ensemble::load(&["fold1.safetensors", "fold2.safetensors"])?;
/// println!("{}", ensemble.classify("song.mp3")?[0].label);
/// # Ok::<(), mgc::Error>(())
/// ```
#[derive(Debug)]
pub struct Ensemble {
    members: Vec<Classifier>,
}

impl Ensemble {
    /// Reads the members' bundles.
    ///
    /// # Errors
    /// As [`Classifier::load`] and [`Ensemble::new`].
    pub fn load(paths: &[impl AsRef<Path>]) -> Result<Self> {
        Self::new(paths.iter().map(Classifier::load).collect::<Result<_>>()?)
    }

    /// Joins classifiers.
    ///
    /// # Errors
    /// [`Error::Model`] when there is none, or when the labels of one are not those of the first, in number and order.
    pub fn new(members: Vec<Classifier>) -> Result<Self> {
        let Some((first, others)) = members.split_first() else {
            return Err(Error::Model("an ensemble needs a model".into()));
        };
        let labels = |member: &Classifier| member.bundle().labels.clone();
        match others.iter().position(|member| labels(member) != labels(first)) {
            None => Ok(Self { members }),
            Some(i) => Err(Error::Model(format!(
                "model {} of the ensemble knows other labels than the first: {}, where that one has {}",
                i + 2,
                labels(&others[i]).join(", "),
                labels(first).join(", ")
            ))),
        }
    }

    /// The same ensemble looking at other windows.
    #[must_use]
    pub fn with_windows(self, windows: Windows) -> Self {
        Self { members: self.members.into_iter().map(|member| member.with_windows(windows)).collect() }
    }

    /// The members, at least one.
    pub fn members(&self) -> &[Classifier] {
        &self.members
    }

    /// Names the genre of a music file of any supported format and rate.
    ///
    /// # Errors
    /// As [`Classifier::classify`].
    pub fn classify(&self, path: impl AsRef<Path>) -> Result<Classification> {
        if self.members.iter().any(|member| member.bundle().front_end.is_none()) {
            return Err(Error::NoFrontEnd);
        }
        self.classify_clip(&decode(path)?)
    }

    /// Names the genre of a decoded clip.
    ///
    /// # Errors
    /// As [`Classifier::classify_clip`].
    pub fn classify_clip(&self, clip: &Clip) -> Result<Classification> {
        let ask = |member: &Classifier| member.classify_clip(clip.clone());
        Ok(self.join(self.members.iter().map(ask).collect::<Result<_>>()?))
    }

    fn join(&self, mut answers: Vec<Classification>) -> Classification {
        let labels = &self.members[0].bundle().labels;
        let of = |answer: &Classification, label: &String| {
            answer.iter().find(|genre| genre.label == *label).map_or(0., |genre| genre.probability)
        };
        let row = |answer: &Classification| labels.iter().map(|label| of(answer, label)).collect();
        let genres = rank(labels, &mean(&answers.iter().map(row).collect::<Vec<_>>()));
        let embedding = answers.iter().flat_map(|answer| answer.embedding.iter().copied()).collect();
        Classification { genres, embedding, ..answers.swap_remove(0) }
    }
}
