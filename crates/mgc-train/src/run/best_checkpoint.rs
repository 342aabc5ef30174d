//! The weights of the best epoch in a file.

use crate::error::Result;
use crate::init::trainable;
use crate::run::callback::Callback;
use crate::run::history::Epoch;
use crate::run::tensor_file;
use candle_nn::VarMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Keeps the weights of the best epoch in a safetensors file.
///
/// The best epoch is the one with the highest validation accuracy, the first of equals; without
/// validation examples, the one with the lowest training loss. The file holds every variable of the
/// map under its name and is replaced in one piece, never half written. A clone is the same
/// checkpoint: give one to the trainer and keep one to [`restore`](BestCheckpoint::restore) from.
#[derive(Clone)]
pub struct BestCheckpoint {
    path: PathBuf,
    vars: VarMap,
}

impl fmt::Debug for BestCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BestCheckpoint").field("path", &self.path).finish_non_exhaustive()
    }
}

impl BestCheckpoint {
    /// A checkpoint of `vars` at `path`, in a folder that exists.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, vars: &VarMap) -> Self {
        Self { path: path.into(), vars: vars.clone() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets the variables to the values of the best epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Io`](crate::Error::Io) when the file cannot be read, [`Error::State`](crate::Error::State) when it lacks a variable or
    /// holds it with another shape; no variable is changed then.
    pub fn restore(&self) -> Result<()> {
        let (tensors, _) = tensor_file::read(&self.path)?;
        trainable::set_all(&self.vars, &self.path, |name| tensors.get(name))
    }

    fn save(&self) -> Result<()> {
        let vars = trainable::all(&self.vars)?;
        let tensors = vars.iter().map(|(name, var)| (name.clone(), var.as_tensor()));
        tensor_file::write(&self.path, tensors, None)
    }
}

impl Callback for BestCheckpoint {
    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        if epoch.best {
            self.save()?;
        }
        Ok(ControlFlow::Continue(()))
    }
}
