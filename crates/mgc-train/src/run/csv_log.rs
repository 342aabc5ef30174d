//! A log with a row for each epoch.

use crate::error::{Error, Result};
use crate::run::callback::Callback;
use crate::run::history::Epoch;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

const HEADER: &str = "epoch,acc,loss,lr,val_acc,val_loss";

/// Writes a row per epoch, with the columns of Keras' `CSVLogger`:
/// `epoch,acc,loss,lr,val_acc,val_loss`.
///
/// `epoch` counts from 0, `lr` is the one used in the epoch, numbers are written so that they read
/// back exactly. Without validation examples the last two cells are empty. Every row reaches the
/// file when its epoch ends. An existing file is replaced when the run starts; a run that goes on
/// begins it with the epochs already done.
#[derive(Debug)]
pub struct CsvLog {
    path: PathBuf,
    file: Option<File>,
}

impl CsvLog {
    /// A log at `path`, which is created when the run starts.
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
