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

/// A callback that keeps the weights of the best epoch in a safetensors file.
///
/// The best epoch is the first with the highest validation accuracy or, without validation examples, with the
/// lowest training loss; with [`Selection::Last`](crate::Selection::Last) it is the last one. Where weights are
/// averaged, the averaged ones are kept. The file holds every variable of the map under its name and is replaced in one step.
/// A clone stands for the same file: pass one to the trainer and keep one to
/// [`restore`](BestCheckpoint::restore) from.
///
/// # Examples
///
/// ```
/// use candle_nn::VarMap;
/// use mgc_train::candle::{DType, Device, Tensor};
/// use mgc_train::{Adam, AdamConfig, BestCheckpoint, TensorExamples, TrainConfig, Trainer};
/// use mgc_train::{seeded, trainable};
///
/// # let folder = tempfile::tempdir().map_err(|error| mgc_train::Error::Callback(error.into()))?;
/// let inputs = Tensor::new(&[[1f32, 0.0], [0.0, 1.0]], &Device::Cpu)?;
/// let train = TensorExamples::new(inputs, Tensor::new(&[0u32, 1], &Device::Cpu)?)?;
/// let vars = VarMap::new();
/// let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
/// let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
///
/// let best = BestCheckpoint::new(folder.path().join("best.safetensors"), &vars);
/// let config = TrainConfig { epochs: 3, ..Default::default() };
/// Trainer::new(config).with(best.clone()).fit(&model, &mut adam, &train, None)?;
/// best.restore()?; // the model now has the weights of the best epoch
/// # Ok::<(), mgc_train::Error>(())
/// ```
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
    /// Creates a checkpoint of `vars` at `path`, in a folder that exists. Nothing is written yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc_train::BestCheckpoint;
    ///
    /// let best = BestCheckpoint::new("best.safetensors", &VarMap::new());
    /// assert_eq!(best.path().to_str(), Some("best.safetensors"));
    /// ```
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, vars: &VarMap) -> Self {
        Self { path: path.into(), vars: vars.clone() }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets the variables to the values of the best epoch. Each value is read to the host and copied to the
    /// device of its variable.
    ///
    /// # Errors
    ///
    /// [`Error::Io`](crate::Error::Io) when the file cannot be read, [`Error::State`](crate::Error::State)
    /// when it lacks a variable or holds it with another shape. No variable is changed then.
    ///
    /// # Examples
    ///
    /// See [`BestCheckpoint`].
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
