//! A log with a row for each epoch.

use crate::error::{Error, Result};
use crate::run::callback::Callback;
use crate::run::history::Epoch;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

const HEADER: &str = "epoch,acc,loss,lr,val_acc,val_loss";

/// A callback that writes a row per epoch, with the columns of Keras' `CSVLogger`:
/// `epoch,acc,loss,lr,val_acc,val_loss`.
///
/// `epoch` counts from 0, and `lr` is the rate used in the epoch. Numbers are written so that they read back
/// exactly. Without validation examples the last two cells are empty. Every row reaches the file when its
/// epoch ends. When a run starts, the file is replaced; when a run is resumed, it begins with the epochs
/// already done.
///
/// # Examples
///
/// ```
/// use mgc_train::{Callback, CsvLog, Epoch, Metrics};
///
/// # let folder = tempfile::tempdir().map_err(|error| mgc_train::Error::Callback(error.into()))?;
/// let path = folder.path().join("log.csv");
/// let mut log = CsvLog::new(&path); // usually given to Trainer::with, which makes these calls
/// log.on_start(&[])?;
/// let valid = Metrics { loss: 1.8, accuracy: 0.4 };
/// log.on_epoch(&Epoch::new(0, 0.01, Metrics { loss: 2.1, accuracy: 0.3 }, Some(valid)))?;
/// # let foreign = |error: std::io::Error| mgc_train::Error::Callback(error.into());
/// # let read = |path| std::fs::read_to_string(path).map_err(foreign);
/// assert_eq!(read(&path)?, "epoch,acc,loss,lr,val_acc,val_loss\n0,0.3,2.1,0.01,0.4,1.8\n");
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug)]
pub struct CsvLog {
    path: PathBuf,
    file: Option<File>,
}

impl CsvLog {
    /// Creates a log at `path`. The file is written when the run starts.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), file: None }
    }

    fn start(&mut self, done: &[Epoch]) -> io::Result<()> {
        let rows: String = done.iter().map(row).collect();
        mgc_files::replace_bytes(&self.path, format!("{HEADER}\n{rows}").as_bytes())?;
        self.file = Some(OpenOptions::new().append(true).open(&self.path)?);
        Ok(())
    }

    fn named(&self, source: io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }
}

impl Callback for CsvLog {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        self.start(done).map_err(|error| self.named(error))
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        if let Some(file) = &mut self.file {
            let written = file.write_all(row(epoch).as_bytes());
            written.map_err(|error| self.named(error))?;
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn row(epoch: &Epoch) -> String {
    let Epoch { index, lr, train, valid, .. } = epoch;
    let valid = match valid {
        Some(valid) => format!("{:?},{:?}", valid.accuracy, valid.loss),
        None => ",".into(),
    };
    format!("{index},{:?},{:?},{lr:?},{valid}\n", train.accuracy, train.loss)
}
