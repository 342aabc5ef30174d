//! What a finished cell leaves: the answer for every tested track.

use crate::error::{Error, GridError, Result};
use crate::grid::cell::Cell;
use mgc_train::{ConfusionMatrix, Epoch};
use serde::{Deserialize, Deserializer, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The result of a cell. It holds no times, so the same cell gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CellResult {
    /// A hash of everything that determines the result.
    pub key: String,
    /// The version of this crate.
    pub version: String,
    /// Which experiment it is.
    pub cell: Cell,
    /// The genres, in the order of the classes.
    pub labels: Vec<String>,
    /// Where the sides come from.
    pub split: String,
    /// The numbers of tracks on the training, validation and test side, and of those left out.
    pub tracks: [usize; 4],
    /// Groups (artists, duplicates) of tracks that lie on more than one side.
    pub crossing_groups: usize,
    /// Frames and bands of the spectrograms.
    pub shape: (usize, usize),
    /// Values in the network's variables.
    pub parameters: usize,
    /// Training steps.
    pub steps: usize,
    /// The epochs.
    pub epochs: Vec<EpochRow>,
    /// The number of the best epoch, from 1.
    pub best: usize,
    /// The side that was tested: `test`, or the next best where there is none.
    pub side: String,
    /// The answer for every track of that side.
    pub tested: Vec<TestedTrack>,
}

/// The answer of a network for one track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestedTrack {
    /// The track's id.
    pub id: String,
    /// Its group, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its genre, as an index into the labels.
    pub genre: u32,
    /// The probability of every genre.
    #[serde(deserialize_with = "numbers")]
    pub probabilities: Vec<f64>,
}

/// One epoch: what the learning curves show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochRow {
    /// The learning rate.
    pub lr: f64,
    /// Loss of the training batches.
    #[serde(deserialize_with = "number")]
    pub loss: f64,
    /// Accuracy of the training batches.
    pub accuracy: f64,
    /// Loss on the validation side.
    pub valid_loss: Option<f64>,
    /// Accuracy on the validation side.
    pub valid_accuracy: Option<f64>,
}

/// Reads a number that JSON writes as `null` when it is infinite or not a number.
fn number<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

fn numbers<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<f64>, D::Error> {
    let numbers: Vec<Option<f64>> = Vec::deserialize(from)?;
    Ok(numbers.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect())
}

impl From<&Epoch> for EpochRow {
    fn from(epoch: &Epoch) -> Self {
        Self {
            lr: epoch.lr,
            loss: epoch.train.loss,
            accuracy: epoch.train.accuracy,
            valid_loss: epoch.valid.map(|valid| valid.loss),
            valid_accuracy: epoch.valid.map(|valid| valid.accuracy),
        }
    }
}

impl TestedTrack {
    /// Returns the most probable genre; the first of equals.
    #[must_use]
    pub fn predicted(&self) -> u32 {
        let best = |best: usize, (index, value): (usize, &f64)| {
            if *value > self.probabilities[best] { index } else { best }
        };
        self.probabilities.iter().enumerate().fold(0, best) as u32
    }
}

impl CellResult {
    /// The name of the file in the cell's folder.
    pub const FILE: &'static str = "result.json";

    /// Counts true against predicted genres.
    ///
    /// # Errors
    /// When a track's genre is no index into the labels: the file was changed.
    pub fn confusion(&self) -> Result<ConfusionMatrix> {
        let truth: Vec<u32> = self.tested.iter().map(|track| track.genre).collect();
        let predicted: Vec<u32> = self.tested.iter().map(TestedTrack::predicted).collect();
        Ok(ConfusionMatrix::new(self.labels.len(), &truth, &predicted)?)
    }

    /// Reads the result of a cell from its folder; `None` where there is none. A file that is not the result of
    /// this cell with this key is an error.
    pub(super) fn read(folder: &Path, cell: &Cell, key: &str) -> Result<Option<Self>> {
        let path = folder.join(Self::FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| Error::Io { path: path.clone(), source })?,
        };
        let result: std::result::Result<Self, _> = serde_json::from_slice(&bytes);
        let fault = match &result {
            Ok(result) => result.fault(cell, key),
            Err(error) => Some(error.to_string()),
        };
        match fault {
            Some(reason) => Err(GridError::Result { path, reason }.into()),
            None => Ok(result.ok()),
        }
    }

    /// Says what shows that this is not the unchanged result of a cell.
    fn fault(&self, cell: &Cell, key: &str) -> Option<String> {
        let classes = self.labels.len();
        let of_other =
            |track: &&TestedTrack| track.genre as usize >= classes || track.probabilities.len() != classes;
        if self.cell != *cell || self.key != key {
            return Some(format!("it is that of `{}` with the key {}", self.cell, self.key));
        }
        if let Some(track) = self.tested.iter().find(of_other) {
            return Some(format!("the answer for `{}` does not fit the {classes} labels", track.id));
        }
        self.tested.is_empty().then(|| "no track was tested".into())
    }

    /// Writes the result into a cell's folder.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(Self::FILE);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| GridError::Result { path: path.clone(), reason: error.to_string() })?;
        text.push('\n');
        mgc_files::replace_bytes(&path, text.as_bytes()).map_err(|source| Error::Io { path, source })
    }
}
