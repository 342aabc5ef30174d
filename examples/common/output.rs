//! Output files that the user names.

use super::cli::Outcome;
use std::path::Path;

/// Complains before the work rather than after it when the folder of an output file is not there.
pub(crate) fn check_folder_of(output: Option<&Path>) -> Outcome {
    let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        Some(folder) => Err(format!("{}: no such folder to write into", folder.display()).into()),
        None => Ok(()),
    }
}
