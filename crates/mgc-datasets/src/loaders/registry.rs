//! The registry: every dataset by name, one row each.

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
use crate::names::nearest;

/// One known dataset: its description, and how to open it.
#[derive(Debug, Clone, Copy)]
pub struct DatasetEntry {
    /// The description of the dataset.
    pub info: Info,
    /// Opens it at a root folder or file.
    pub open: fn(&Path) -> Result<Box<dyn Dataset>>,
}

/// Every known dataset.
///
/// ```
/// use mgc_datasets::REGISTRY;
///
/// let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.info.name).collect();
/// assert!(names.contains(&"gtzan"));
/// ```
pub static REGISTRY: &[DatasetEntry] = &[
    DatasetEntry { info: Gtzan::INFO, open: |root| Ok(Box::new(Gtzan::open(root)?)) },
    DatasetEntry { info: Fma::INFO, open: |root| Ok(Box::new(Fma::open(root)?)) },
    DatasetEntry { info: Homburg::INFO, open: |root| Ok(Box::new(Homburg::open(root)?)) },
    DatasetEntry { info: ExtendedBallroom::INFO, open: |root| Ok(Box::new(ExtendedBallroom::open(root)?)) },
    DatasetEntry { info: Folder::INFO, open: |root| Ok(Box::new(Folder::open(root)?)) },
    DatasetEntry { info: Arrays::INFO, open: |root| Ok(Box::new(Arrays::open(root)?)) },
    DatasetEntry { info: Synthetic::INFO, open: |root| Ok(Box::new(Synthetic::open(root)?)) },
];

/// Opens the dataset called `name` at `root`.
///
/// ```
/// let error = mgc_datasets::open("gtzann", "music").err().unwrap();
/// assert!(error.to_string().contains("did you mean `gtzan`?"));
/// ```
///
/// # Errors
/// [`Error::UnknownDataset`], with the known names and the nearest of them, and the errors of the dataset's
/// own `open`.
pub fn open(name: &str, root: impl AsRef<Path>) -> Result<Box<dyn Dataset>> {
    (find(name)?.open)(root.as_ref())
}

/// Returns the entry of the dataset called `name`.
///
/// ```
/// let fma = mgc_datasets::find("fma")?;
/// assert_eq!(fma.info.genres.len(), 8);
/// let error = mgc_datasets::find("FMA").unwrap_err();
/// assert!(error.to_string().contains("did you mean `fma`?"));
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownDataset`], with the known names and the nearest of them.
pub fn find(name: &str) -> Result<&'static DatasetEntry> {
    REGISTRY.iter().find(|entry| entry.info.name == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    let known: Vec<_> = REGISTRY.iter().map(|entry| entry.info.name).collect();
    Error::UnknownDataset { name: name.to_string(), suggestion: nearest(name, &known), known }
}
