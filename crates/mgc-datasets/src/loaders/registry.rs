//! Every dataset by name: one row each.

use std::path::Path;

use super::arrays::Arrays;
use super::ballroom::ExtendedBallroom;
use super::fma::Fma;
use super::folder::Folder;
use super::gtzan::Gtzan;
use super::homburg::Homburg;
use super::synthetic::Synthetic;
use crate::catalog::{Dataset, Info};
use crate::error::{Error, Result};

/// One known dataset: what it is, and how to open it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it is and where it comes from.
    pub info: Info,
    /// Opens it at a root folder or file.
    pub open: fn(&Path) -> Result<Box<dyn Dataset>>,
}

/// Every known dataset.
pub static ALL: &[Entry] = &[
    Entry { info: Gtzan::INFO, open: |root| Ok(Box::new(Gtzan::open(root)?)) },
    Entry { info: Fma::INFO, open: |root| Ok(Box::new(Fma::open(root)?)) },
    Entry { info: Homburg::INFO, open: |root| Ok(Box::new(Homburg::open(root)?)) },
    Entry { info: ExtendedBallroom::INFO, open: |root| Ok(Box::new(ExtendedBallroom::open(root)?)) },
    Entry { info: Folder::INFO, open: |root| Ok(Box::new(Folder::open(root)?)) },
    Entry { info: Arrays::INFO, open: |root| Ok(Box::new(Arrays::open(root)?)) },
    Entry { info: Synthetic::INFO, open: |root| Ok(Box::new(Synthetic::open(root)?)) },
];

/// Names this alike are taken for a slip of the fingers (Jaro-Winkler, 0 to 1).
const RESEMBLES: f64 = 0.8;

/// Opens the dataset called `name` at `root`.
///
/// ```
/// let error = mgc_datasets::open("gtzann", "music").err().unwrap();
/// assert!(error.to_string().contains("did you mean `gtzan`?"));
/// ```
///
/// # Errors
/// [`Error::UnknownDataset`] lists the known names and suggests a near one; otherwise whatever the
/// dataset's own `open` reports.
pub fn open(name: &str, root: impl AsRef<Path>) -> Result<Box<dyn Dataset>> {
    match ALL.iter().find(|entry| entry.info.name == name) {
        Some(entry) => (entry.open)(root.as_ref()),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Error {
    let known: Vec<_> = ALL.iter().map(|entry| entry.info.name).collect();
    let lower = name.to_lowercase();
    let suggestion = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= RESEMBLES)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate);
    Error::UnknownDataset { name: name.to_string(), suggestion, known }
}
