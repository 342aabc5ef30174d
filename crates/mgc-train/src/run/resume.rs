//! The state of a run in a file, from which it can be resumed.

use crate::error::{Error, Result};
use crate::init::trainable;
use crate::metrics::evaluate::Metrics;
use crate::run::history::Epoch;
use crate::run::identity::differences;
use crate::run::tensor_file::{self, Notes};
use candle::{Device, Tensor};
use candle_nn::VarMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The tensor that holds a row per epoch.
const EPOCHS: &str = "epochs";
/// The note that holds the header as JSON.
const HEADER: &str = "resume";
/// The note of format 1, which held the settings as prose.
const OLD_HEADER: &str = "run";
/// A reader refuses other versions.
const VERSION: u32 = 2;

/// All of a resume file but its tensors.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    settings: Map<String, Value>,
    identity: Map<String, Value>,
}

/// The header as far as every version has it.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// A file that holds everything a run needs to continue after it was killed.
///
/// It is one safetensors file, replaced in one step after every epoch. It holds all variables
/// (`vars.<name>`), the optimiser ([`ResumableOptimizer::state`]), the averaged weights if there are any
/// (`average.<name>`, with the running statistics that belong to them, and the number of updates, `average.`)
/// and the metrics of every epoch (`epochs`, f64, a row of learning rate, training loss and accuracy,
/// validation loss and accuracy, seconds). The plateau rule, early stopping and the best epoch follow from
/// these metrics and are computed anew; a schedule, the order of the examples and what is drawn follow from
/// the number of the epoch. The header holds, as JSON, every setting of the run and the caller's own
/// [identity](ResumeFile::with_identity). A run with other settings is refused with a list of what differs.
///
/// [`ResumableOptimizer::state`]: crate::ResumableOptimizer::state
///
/// # Examples
///
/// See [`Trainer::fit_resumable`](crate::Trainer::fit_resumable).
#[derive(Clone)]
pub struct ResumeFile {
    path: PathBuf,
    vars: VarMap,
    identity: Map<String, Value>,
}

impl fmt::Debug for ResumeFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, vars: _, identity } = self;
        f.debug_struct("ResumeFile").field("path", path).field("identity", identity).finish_non_exhaustive()
    }
}

impl ResumeFile {
    /// Names the file at `path`, in a folder that exists, for a run over `vars`. Nothing is read or written
    /// yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, vars: &VarMap) -> Self {
        Self { path: path.into(), vars: vars.clone(), identity: Map::new() }
    }

    /// Adds a fact that a run must share with the one that it continues, such as the names of the tracks, the
    /// labels, or the settings of the front end.
    ///
    /// The trainer compares its own settings and the numbers of examples by itself; what the examples are,
    /// only the caller knows. A list or an object is compared element by element, and an error names the
    /// elements that differ. A fact of the same name replaces an earlier one.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc_train::ResumeFile;
    ///
    /// let file = ResumeFile::new("state.safetensors", &VarMap::new())
    ///     .with_identity("dataset", "gtzan, fold 3")
    ///     .with_identity("labels", vec!["blues", "jazz", "rock"])
    ///     .with_identity("frames", 647);
    /// assert_eq!(file.path().to_str(), Some("state.safetensors"));
    /// ```
    #[must_use]
    pub fn with_identity(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.identity.insert(name.into(), value.into());
        self
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the variables.
    pub(crate) fn vars(&self) -> &VarMap {
        &self.vars
    }

    /// Writes the variables, the tensors of the optimiser and of the averages, and the epochs so far of the run
    /// with these settings.
    pub(crate) fn save(
        &self,
        settings: &Map<String, Value>,
        mut tensors: HashMap<String, Tensor>,
        epochs: &[Epoch],
    ) -> Result<()> {
        let rows: Vec<f64> = epochs.iter().flat_map(to_row).collect();
        tensors.insert(EPOCHS.into(), Tensor::from_vec(rows, (epochs.len(), 6), &Device::Cpu)?);
        for (name, var) in trainable::all(&self.vars)? {
            tensors.insert(format!("vars.{name}"), var.as_detached_tensor());
        }
        let tensors = tensors.iter().map(|(name, tensor)| (name.clone(), tensor));
        let header = self.header(settings).map_err(|error| self.unfit(&error.to_string()))?;
        tensor_file::write(&self.path, tensors, Some(Notes::from([(HEADER.into(), header)])))
    }

    /// Restores the variables, and by `restore` what else the tensors hold; returns the epochs done, none when
    /// there is no file.
    pub(crate) fn load(
        &self,
        settings: &Map<String, Value>,
        restore: impl FnOnce(&HashMap<String, Tensor>) -> candle::Result<()>,
    ) -> Result<Vec<Epoch>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let (tensors, notes) = tensor_file::read(&self.path)?;
        self.compare(settings, &self.read_header(&notes)?)?;
        let epochs = epochs(&tensors).map_err(|found| self.unfit(&found))?;
        restore(&tensors).map_err(|error| self.unfit(&error.to_string()))?;
        trainable::set_all(&self.vars, &self.path, |name| tensors.get(&format!("vars.{name}")))?;
        Ok(epochs)
    }

    fn header(&self, settings: &Map<String, Value>) -> serde_json::Result<String> {
        let (settings, identity) = (settings.clone(), self.identity.clone());
        serde_json::to_string(&Header { version: VERSION, settings, identity })
    }

    fn read_header(&self, notes: &Notes) -> Result<Header> {
        let Some(text) = notes.get(HEADER) else {
            return Err(self.unfit(match notes.contains_key(OLD_HEADER) {
                true => "written by an earlier version of mgc-train, whose format 1 this one does not read",
                false => "a safetensors file without the header of a resume file",
            }));
        };
        let damaged = |error: serde_json::Error| self.unfit(&format!("its header is damaged ({error})"));
        match serde_json::from_str(text).map_err(damaged)? {
            Versioned { version: VERSION } => serde_json::from_str(text).map_err(damaged),
            Versioned { version } => {
                Err(self.unfit(&format!("format version {version}, this program reads version {VERSION}")))
            }
        }
    }

    fn compare(&self, settings: &Map<String, Value>, found: &Header) -> Result<()> {
        // Writing and reading may change the last bit of a number, so the expected values take that way too.
        let written = self.header(settings).and_then(|text| serde_json::from_str::<Header>(&text));
        let expected = written.map_err(|error| self.unfit(&error.to_string()))?;
        let parts = [(expected.settings, &found.settings), (expected.identity, &found.identity)];
        let differences = parts.into_iter().flat_map(|(expected, found)| differences(&expected, found));
        match differences.collect::<Vec<_>>() {
            differences if differences.is_empty() => Ok(()),
            differences => Err(Error::OtherRun { path: self.path.clone(), differences }),
        }
    }

    fn unfit(&self, found: &str) -> Error {
        let reason = format!("{found}: delete the file to start anew");
        Error::State { path: self.path.clone(), reason }
    }
}

fn to_row(epoch: &Epoch) -> [f64; 6] {
    let valid = epoch.valid.unwrap_or(Metrics { loss: f64::NAN, accuracy: f64::NAN });
    let Epoch { lr, train, elapsed, .. } = epoch;
    [*lr, train.loss, train.accuracy, valid.loss, valid.accuracy, elapsed.as_secs_f64()]
}

fn epochs(tensors: &HashMap<String, Tensor>) -> std::result::Result<Vec<Epoch>, String> {
    let epochs = tensors.get(EPOCHS).ok_or("the epochs are missing")?;
    let rows: Vec<Vec<f64>> = epochs.to_vec2().map_err(|error| error.to_string())?;
    let epochs = rows.iter().enumerate().map(|(index, row)| from_row(index, row));
    epochs.collect::<Option<_>>().ok_or_else(|| "the epochs are damaged".into())
}

fn from_row(index: usize, row: &[f64]) -> Option<Epoch> {
    let &[lr, loss, accuracy, valid_loss, valid_accuracy, seconds] = row else { return None };
    let valid = Metrics { loss: valid_loss, accuracy: valid_accuracy };
    let valid = (!valid_accuracy.is_nan()).then_some(valid);
    let elapsed = Duration::try_from_secs_f64(seconds).ok()?;
    Some(Epoch { elapsed, ..Epoch::new(index, lr, Metrics { loss, accuracy }, valid) })
}
