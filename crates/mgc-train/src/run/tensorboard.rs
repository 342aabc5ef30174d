//! Curves of a run for TensorBoard.

use crate::error::{Error, Result};
use crate::metrics::evaluate::Metrics;
use crate::run::callback::Callback;
use crate::run::event_file::{scalars, version};
use crate::run::history::Epoch;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// TensorBoard reads every file whose name has `tfevents` in it.
const FILE: &str = "events.out.tfevents.mgc";

/// A callback that writes the curves of a run for TensorBoard, with the layout of Keras' callback of that
/// name. It needs the feature `tensorboard`.
///
/// Below `folder`, the run `train` has `epoch_loss`, `epoch_accuracy` and `epoch_learning_rate`, and the run
/// `validation`, where there are validation examples, the first two; the step is the epoch, from 0. So the
/// curves of a Keras run and of this one lie on top of each other: `tensorboard --logdir folder`.
///
/// The values of an epoch reach the files when it ends. When a run starts, the files are replaced; when a run
/// is resumed, they begin with the epochs already done. The format keeps the time of writing beside each
/// value, so two runs of one seed differ in these bytes. Values are stored as `f32`; [`CsvLog`] keeps all
/// digits.
///
/// [`CsvLog`]: crate::CsvLog
///
/// # Examples
///
/// ```
/// use mgc_train::{Callback, Epoch, Metrics, TensorBoard};
///
/// # let folder = tempfile::tempdir().map_err(|error| mgc_train::Error::Callback(error.into()))?;
/// # let folder = folder.path();
/// let mut curves = TensorBoard::new(folder); // usually given to Trainer::with, which makes these calls
/// curves.on_start(&[])?;
/// curves.on_epoch(&Epoch::new(0, 0.01, Metrics { loss: 2.1, accuracy: 0.3 }, None))?;
/// assert!(folder.join("train/events.out.tfevents.mgc").exists());
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug)]
pub struct TensorBoard {
    folder: PathBuf,
}

impl TensorBoard {
    /// Creates a callback that writes below `folder`. Nothing is written before the run starts.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, run: &str) -> PathBuf {
        self.folder.join(run).join(FILE)
    }

    /// Replaces the files of an earlier run.
    fn start(&self) -> Result<()> {
        let (train, valid) = (self.path("train"), self.path("validation"));
        replace(&train).map_err(named(&train))?;
        match fs::remove_file(&valid) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(&valid)(error)),
            _ => Ok(()),
        }
    }

    fn add(&self, epoch: &Epoch) -> Result<()> {
        let rate = ("epoch_learning_rate", epoch.lr);
        let [loss, accuracy] = metrics(&epoch.train);
        let train = self.path("train");
        append(&train, epoch.index, &[loss, accuracy, rate]).map_err(named(&train))?;
        let Some(valid) = &epoch.valid else { return Ok(()) };
        let path = self.path("validation");
        if !path.exists() {
            replace(&path).map_err(named(&path))?;
        }
        append(&path, epoch.index, &metrics(valid)).map_err(named(&path))
    }
}

impl Callback for TensorBoard {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        self.start()?;
        done.iter().try_for_each(|epoch| self.add(epoch))
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self.add(epoch)?;
        Ok(ControlFlow::Continue(()))
    }
}

fn metrics(metrics: &Metrics) -> [(&'static str, f64); 2] {
    [("epoch_loss", metrics.loss), ("epoch_accuracy", metrics.accuracy)]
}

/// Writes a file without values.
fn replace(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    mgc_files::replace_bytes(path, &version(now()))
}

fn append(path: &Path, epoch: usize, values: &[(&str, f64)]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().append(true).open(path)?;
    file.write_all(&scalars(now(), epoch as u64, values))
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

fn named(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |source| Error::Io { path: path.to_path_buf(), source }
}
