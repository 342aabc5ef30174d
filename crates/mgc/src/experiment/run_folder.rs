//! The folder of a run: whose it is, and what lies in it.

use crate::error::{ExperimentError, Result};
use mgc_train::{Difference, differences};
use serde_json::Value;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder that [`Experiment::run`](crate::experiment::Experiment::run) writes into.
///
/// | file | holds |
/// |---|---|
/// | `run.json` | the settings, compared when the run is resumed |
/// | `model.safetensors` | the [`Bundle`](crate::Bundle) of the best epoch (`weights.safetensors` for a network of your own) |
/// | `log.csv` | a row for each epoch |
/// | `split.csv`, `skipped.csv` | the side of each track; the tracks that could not be used |
/// | `curves`, `confusion` (`.svg`, `.png`) | figures, if `report::save_figures` draws them here |
/// | `tensorboard` | the curves for TensorBoard, if they were asked for |
/// | `state.safetensors`, `best.safetensors` | what a resumed run needs |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder(PathBuf);

/// What a folder holds, seen from an experiment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RunStatus {
    /// It holds no run, or only the settings of one that ended before its first epoch did.
    Empty,
    /// It holds this run, unfinished.
    Unfinished,
    /// It holds this run, finished.
    Finished,
    /// It holds another run; these settings differ.
    Other(Vec<Difference>),
}

const SETTINGS: &str = "run.json";
const EVENTS: [&str; 2] =
    ["tensorboard/train/events.out.tfevents.mgc", "tensorboard/validation/events.out.tfevents.mgc"];
const FILES: [&str; 14] = [
    SETTINGS,
    RunFolder::STATE,
    RunFolder::BEST,
    RunFolder::MODEL,
    RunFolder::WEIGHTS,
    RunFolder::LOG,
    RunFolder::SPLIT,
    RunFolder::SKIPPED,
    "curves.svg",
    "curves.png",
    "confusion.svg",
    "confusion.png",
    EVENTS[0],
    EVENTS[1],
];

impl RunFolder {
    /// The variables, optimiser and epochs that a resumed run starts from.
    pub const STATE: &'static str = "state.safetensors";
    /// The weights of the best epoch so far.
    pub const BEST: &'static str = "best.safetensors";
    /// The model file, written last.
    pub const MODEL: &'static str = "model.safetensors";
    /// The best epoch's weights alone, for a network that a model file cannot describe; written last.
    pub const WEIGHTS: &'static str = "weights.safetensors";
    /// A row for each epoch.
    pub const LOG: &'static str = "log.csv";
    /// The side of each track.
    pub const SPLIT: &'static str = "split.csv";
    /// The tracks that could not be used.
    pub const SKIPPED: &'static str = "skipped.csv";
    /// The folder with the curves for TensorBoard, of a run that was asked for them.
    pub const TENSORBOARD: &'static str = "tensorboard";
    /// The learning curves, without an extension.
    pub const CURVES: &'static str = "curves";
    /// The confusion matrix, without an extension.
    pub const CONFUSION: &'static str = "confusion";

    /// Names a folder, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of one of the folder's files.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The paths of all files that a run writes, whether or not they exist.
    ///
    /// ```
    /// let folder = mgc::experiment::RunFolder::new("runs/first");
    /// assert!(folder.files().any(|file| file == folder.file("log.csv")));
    /// ```
    pub fn files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        FILES.iter().map(|name| self.file(name))
    }

    /// Deletes the files of a run; other files and the folder itself stay. A folder that holds files of these
    /// names but no `run.json` of a run is left as it is.
    ///
    /// ```
    /// use mgc::experiment::RunFolder;
    /// # let root = tempfile::tempdir()?;
    /// # let root = root.path();
    ///
    /// // run.json is what an experiment writes first
    /// std::fs::write(root.join("run.json"), r#"{"format": 2, "split": {"ids_labels_sides": "5f"}}"#)?;
    /// std::fs::write(root.join("log.csv"), "epoch,acc")?;
    /// std::fs::write(root.join("notes.txt"), "mine")?;
    /// RunFolder::new(root).clear()?;
    /// assert!(!root.join("log.csv").exists() && root.join("notes.txt").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ExperimentError::NotARun`] when the files are not known to be those of a run,
    /// [`ExperimentError::Io`] when one cannot be deleted.
    pub fn clear(&self) -> Result<()> {
        self.check_is_run()?;
        for name in FILES.iter().rev() {
            let path = self.file(name); // the settings last: an interrupted clearing can be repeated
            match fs::remove_file(&path) {
                Err(source) if source.kind() != ErrorKind::NotFound => return Err(io(&path, source)),
                _ => {}
            }
        }
        Ok(())
    }

    fn settings(&self) -> Option<Value> {
        serde_json::from_slice(&fs::read(self.file(SETTINGS)).ok()?).ok()
    }

    /// Checks that the files in this folder, if there are any, may be deleted as those of a run.
    fn check_is_run(&self) -> Result<()> {
        let files: Vec<_> =
            FILES.iter().filter(|name| self.file(name).exists()).map(|&name| name.into()).collect();
        match self.settings().as_ref().is_some_and(is_run) || files.is_empty() {
            true => Ok(()),
            false => Err(ExperimentError::NotARun { folder: self.0.clone(), files }.into()),
        }
    }

    /// Checks that every file of a run could be written now.
    fn check_writable(&self) -> Result<()> {
        mgc_files::check_folder(&self.0).map_err(|source| io(&self.0, source))?;
        for path in self.files().filter(|path| path.exists()) {
            mgc_files::check_writable(&path).map_err(|source| io(&path, source))?;
        }
        Ok(())
    }

    /// Compares the run in this folder with one of these settings.
    pub(super) fn status(&self, settings: &Value) -> RunStatus {
        let Some(found) = self.settings() else {
            let any = FILES.iter().any(|name| self.file(name).exists());
            return if any { RunStatus::Other(Vec::new()) } else { RunStatus::Empty };
        };
        let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let mut list = differences(&fields(settings), &fields(&found));
        if found.get(FORMAT) != settings.get(FORMAT) {
            list.retain(|difference| difference.name == FORMAT); // an older version: the rest is its consequence
        }
        if settings.get(VALUES).is_none() {
            list.retain(|difference| difference.name != VALUES); // not known yet
        }
        match list.is_empty() {
            false if self.holds_nothing() => RunStatus::Empty,
            false => RunStatus::Other(list),
            true if [Self::MODEL, Self::WEIGHTS].iter().any(|name| self.file(name).exists()) => {
                RunStatus::Finished
            }
            true => RunStatus::Unfinished,
        }
    }

    /// Whether the run in this folder ended before its first epoch did, so that there is nothing to lose: its
    /// log has no row, and what comes after an epoch is not there.
    fn holds_nothing(&self) -> bool {
        let before_an_epoch = [SETTINGS, Self::SPLIT, Self::SKIPPED, Self::LOG, EVENTS[0], EVENTS[1]];
        let later = FILES.iter().filter(|name| !before_an_epoch.contains(name));
        let rows = fs::read_to_string(self.file(Self::LOG)).map_or(0, |log| log.lines().skip(1).count());
        rows == 0 && later.into_iter().all(|name| !self.file(name).exists())
    }

    /// Refuses a finished run that has lost what it would be continued from.
    fn check_whole(&self) -> Result<()> {
        let lost = [Self::STATE, Self::BEST].into_iter().find(|name| !self.file(name).exists());
        lost.map_or(Ok(()), |missing| {
            Err(ExperimentError::Incomplete { folder: self.0.clone(), missing: missing.into() }.into())
        })
    }

    /// Refuses the folder of another run, unless that is to be replaced, and one that cannot be written;
    /// writes nothing.
    pub(super) fn check(&self, settings: &Value, overwrite: bool) -> Result<()> {
        if self.0.is_file() {
            return Err(ExperimentError::NotAFolder(self.0.clone()).into());
        }
        self.check_is_run()?;
        match self.status(settings) {
            _ if overwrite => {}
            RunStatus::Other(differences) => {
                return Err(ExperimentError::OtherRun { folder: self.0.clone(), differences }.into());
            }
            RunStatus::Finished => self.check_whole()?,
            _ => {}
        }
        self.check_writable()
    }

    /// Makes the folder that of a run with these settings.
    pub(super) fn claim(&self, settings: &Value, overwrite: bool) -> Result<()> {
        self.check(settings, overwrite)?;
        if overwrite {
            self.clear()?;
        }
        fs::create_dir_all(&self.0).map_err(|source| io(&self.0, source))?;
        let path = self.file(SETTINGS);
        let text = format!("{settings:#}\n");
        mgc_files::replace_bytes(&path, text.as_bytes()).map_err(|source| io(&path, source))
    }
}

/// Whether these are the settings of a run, whatever its version.
fn is_run(settings: &Value) -> bool {
    settings.get(FORMAT).is_some_and(Value::is_number) && settings["split"]["ids_labels_sides"].is_string()
}

/// The version of the settings themselves.
const FORMAT: &str = "format";

/// The digest of the spectrograms among the settings, known only once they are there.
pub(super) const VALUES: &str = "spectrograms";

pub(super) fn io(path: &Path, source: std::io::Error) -> crate::error::Error {
    ExperimentError::Io { path: path.into(), source }.into()
}
