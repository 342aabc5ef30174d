//! The state of a run in a file, from which it can be resumed.

use crate::error::{Error, Result};
use crate::init::trainable;
use crate::metrics::evaluate::Metrics;
use crate::optim::adam::Adam;
use crate::run::config::TrainConfig;
use crate::run::history::Epoch;
use crate::run::tensor_file::{self, Notes};
use candle::{Device, Tensor};
use candle_nn::VarMap;
use std::path::PathBuf;
use std::time::Duration;

const EPOCHS: &str = "epochs";

/// Where a run keeps what it needs to go on after it was killed.
///
/// One safetensors file, replaced in one piece after every epoch: all variables (`vars.<name>`), the
/// optimiser ([`Adam::state`]) and the scores of every epoch (`epochs`, f64, a row of learning rate,
/// training loss and accuracy, validation loss and accuracy, seconds). The plateau rule, early
/// stopping and the best epoch follow from these scores and are replayed.
#[derive(Clone)]
pub struct ResumeFile {
    path: PathBuf,
    vars: VarMap,
}

impl ResumeFile {
    /// The state of a run over `vars` at `path`, in a folder that exists.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, vars: &VarMap) -> Self {
        Self { path: path.into(), vars: vars.clone() }
    }

    pub(crate) fn save(&self, run: &Identity, adam: &Adam, epochs: &[Epoch]) -> Result<()> {
        let rows: Vec<f64> = epochs.iter().flat_map(to_row).collect();
        let mut tensors = adam.state()?;
        tensors.insert(EPOCHS.into(), Tensor::from_vec(rows, (epochs.len(), 6), &Device::Cpu)?);
        for (name, var) in trainable::all(&self.vars)? {
            tensors.insert(format!("vars.{name}"), var.as_detached_tensor());
        }
        let tensors = tensors.iter().map(|(name, tensor)| (name.clone(), tensor));
        tensor_file::write(&self.path, tensors, Some(Notes::from([("run".into(), run.0.clone())])))
    }

    /// Restores variables and optimiser; returns the epochs done, none when there is no file.
    pub(crate) fn load(&self, run: &Identity, adam: &mut Adam) -> Result<Vec<Epoch>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let (tensors, notes) = tensor_file::read(&self.path)?;
        if notes.get("run") != Some(&run.0) {
            let found = notes.get("run").map_or("something else", String::as_str);
            return Err(self.foreign(&format!("written by {found}, this run is {}", run.0)));
        }
        let epochs = tensors.get(EPOCHS).ok_or_else(|| self.foreign("the epochs are missing"))?;
        let rows: Vec<Vec<f64>> = epochs.to_vec2().map_err(|error| self.foreign(&error.to_string()))?;
        let epochs = rows.iter().enumerate().map(|(index, row)| from_row(index, row)).collect::<Option<_>>();
        let epochs = epochs.ok_or_else(|| self.foreign("the epochs are damaged"))?;
        adam.load_state(&tensors).map_err(|error| self.foreign(&error.to_string()))?;
        trainable::set_all(&self.vars, &self.path, |name| tensors.get(&format!("vars.{name}")))?;
        Ok(epochs)
    }

    fn foreign(&self, found: &str) -> Error {
        Error::State {
            path: self.path.clone(),
            reason: format!("{found}: restore the settings, or delete the file to start anew"),
        }
    }
}

/// The settings and data size that a run must share with the one that it continues; only the number
/// of epochs may change.
pub(crate) struct Identity(String);

impl Identity {
    pub(crate) fn new(config: &TrainConfig, examples: usize) -> Self {
        let TrainConfig { epochs: _, batch_size, seed, label_smoothing, plateau, early_stopping } = config;
        Self(format!(
            "{examples} training examples, batch size {batch_size}, seed {seed}, label smoothing {label_smoothing}, \
             {plateau:?}, {early_stopping:?}"
        ))
    }
}

fn to_row(epoch: &Epoch) -> [f64; 6] {
    let valid = epoch.valid.unwrap_or(Metrics { loss: f64::NAN, accuracy: f64::NAN });
    let Epoch { lr, train, elapsed, .. } = epoch;
    [*lr, train.loss, train.accuracy, valid.loss, valid.accuracy, elapsed.as_secs_f64()]
}

fn from_row(index: usize, row: &[f64]) -> Option<Epoch> {
    let &[lr, loss, accuracy, valid_loss, valid_accuracy, seconds] = row else { return None };
    let valid = Metrics { loss: valid_loss, accuracy: valid_accuracy };
    Some(Epoch {
        index,
        lr,
        train: Metrics { loss, accuracy },
        valid: (!valid_accuracy.is_nan()).then_some(valid),
        best: false,
        elapsed: Duration::try_from_secs_f64(seconds).ok()?,
    })
}
