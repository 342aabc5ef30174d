//! The folder of a training run: whose it is, and what lies in it.

use super::cli::Outcome;
use super::files::write_whole;
use super::located::in_file;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What the run is.
const SETTINGS: &str = "run.json";
/// What it needs to go on after it was killed.
pub(crate) const STATE: &str = "state.safetensors";
/// The weights of the best epoch.
pub(crate) const BEST: &str = "best.safetensors";
/// The bundle, written last.
pub(crate) const MODEL: &str = "model.safetensors";
/// A row for each epoch.
pub(crate) const LOG: &str = "log.csv";
/// On which side each track was.
pub(crate) const SPLIT: &str = "split.csv";
/// The tracks that could not be used.
pub(crate) const SKIPPED: &str = "skipped.csv";
/// Pictures, each with the endings svg and png.
pub(crate) const CURVES: &str = "curves";
pub(crate) const CONFUSION: &str = "confusion";

/// Makes the folder that of a run with these settings.
///
/// A folder with the same run is kept, so that the run goes on; one with another run is refused, or
/// its files are deleted when `replace` is set. Other files are left alone.
pub(crate) fn claim(folder: &Path, settings: &Value, replace: bool) -> Outcome {
    if folder.is_file() {
        return Err(format!("{}: a file; the results need a folder", folder.display()).into());
    }
    in_file(folder, fs::create_dir_all(folder))?;
    let present: Vec<_> =
        files().into_iter().map(|name| folder.join(name)).filter(|path| path.exists()).collect();
    if replace {
        present.iter().try_for_each(|path| in_file(path, fs::remove_file(path)))?;
    } else if !present.is_empty() && !holds(folder, settings) {
        return Err(format!(
            "{}: holds another run; choose another --out, or replace that run by --overwrite",
            folder.display()
        )
        .into());
    }
    write_whole(&folder.join(SETTINGS), format!("{settings:#}\n").as_bytes())
}

/// Whether the folder is that of a run with these settings.
pub(crate) fn holds(folder: &Path, settings: &Value) -> bool {
    let found = fs::read(folder.join(SETTINGS)).ok();
    found.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).as_ref() == Some(settings)
}

fn files() -> Vec<String> {
    let pictures =
        [CURVES, CONFUSION].into_iter().flat_map(|stem| [format!("{stem}.svg"), format!("{stem}.png")]);
    let others = [SETTINGS, STATE, BEST, MODEL, LOG, SPLIT, SKIPPED].map(str::to_owned);
    pictures.chain(others).collect()
}
