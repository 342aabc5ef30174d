//! Music files named on the command line, and complaints about them.

use mgc::datasets::{AUDIO_EXTENSIONS, find_audio};
use std::path::{Path, PathBuf};

/// Returns the files to classify, and whether every path gave at least one.
pub(crate) fn music_files(paths: &[PathBuf]) -> (Vec<PathBuf>, bool) {
    let (mut files, mut all_good) = (Vec::new(), true);
    for path in paths {
        let before = files.len();
        match path.is_dir() {
            true => all_good &= add_music_below(path, &mut files),
            false => files.push(path.clone()),
        }
        if files.len() == before {
            complain(path, &format!("no music in this folder ({})", AUDIO_EXTENSIONS.join(", ")));
            all_good = false;
        }
    }
    (files, all_good)
}

/// Returns whether every folder below this one could be read.
fn add_music_below(folder: &Path, files: &mut Vec<PathBuf>) -> bool {
    let mut all_good = true;
    for found in find_audio(folder) {
        match found {
            Ok(file) => files.push(file),
            Err(error) => {
                complain(folder, &error.to_string());
                all_good = false;
            }
        }
    }
    all_good
}

/// Prints an error with the file's name; the crates' messages name most files themselves.
pub(crate) fn complain(file: &Path, message: &str) {
    let file = file.display().to_string();
    match message.starts_with(&file) {
        true => eprintln!("error: {message}"),
        false => eprintln!("error: {file}: {message}"),
    }
}
