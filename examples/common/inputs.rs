//! Files, folders and datasets named on the command line, and complaints about them.

use super::cli::Outcome;
use super::say::tell;
use super::text::printable;
use mgc::datasets::{AUDIO_EXTENSIONS, Dataset, Source, Synthetic, find_audio, open};
use mgc_files::printable_path;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Returns the files to classify, and whether every path gave at least one.
pub(crate) fn music_files(paths: &[PathBuf]) -> (Vec<PathBuf>, bool) {
    let (mut files, mut all_good) = (Vec::new(), true);
    for path in paths {
        let before = files.len();
        if let Err(error) = no_url(path) {
            tell!("error: {error}");
            all_good = false;
            continue;
        }
        let readable = match path.is_dir() {
            true => add_music_below(path, &mut files),
            false => {
                files.push(path.clone());
                true
            }
        };
        all_good &= readable;
        if readable && files.len() == before {
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
    let file = printable_path(file);
    let rest = message.strip_prefix(&file).map_or_else(|| format!(": {message}"), str::to_owned);
    tell!("error: {}{}", printable(&file), printable(&rest));
}

/// Says of a URL that it is one, where nothing on the disk has this name.
pub(crate) fn no_url(path: &Path) -> Outcome {
    let text = path.to_string_lossy();
    let Some((scheme, rest)) = text.split_once(":/").filter(|_| !path.exists()) else { return Ok(()) };
    let is_scheme =
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    match (is_scheme, scheme.eq_ignore_ascii_case("file")) {
        (false, _) => Ok(()),
        (true, true) => {
            let path = format!("/{}", rest.trim_start_matches('/'));
            Err(format!("{text}: a URL, expected a path: give {path}").into())
        }
        (true, false) => {
            Err(format!("{text}: a URL, expected a file; download it first, then give the file").into())
        }
    }
}

/// Opens a dataset without ever writing into it: an invented corpus must be there already.
pub(crate) fn open_present(name: &str, root: &Path) -> Outcome<Box<dyn Dataset>> {
    no_url(root)?;
    match name == Synthetic::INFO.name {
        true => Ok(Box::new(Synthetic::existing(root)?)),
        false => Ok(open(name, root)?),
    }
}

/// The files of a dataset that an output must not replace: its tracks, its tables, and `output` itself where it
/// lies below the root or beside a table, and is no table of predictions.
pub(crate) fn files_of(
    dataset: &dyn Dataset,
    root: &Path,
    output: Option<&Path>,
) -> impl Iterator<Item = PathBuf> {
    let audio = dataset.tracks().iter().filter_map(|track| match &track.source {
        Source::Audio(path) => Some(path.clone()),
        _ => None,
    });
    let tables = dataset.tables();
    let folders: Vec<&Path> = tables.iter().filter_map(|table| table.parent()).chain([root]).collect();
    let of_the_data = |output: &&Path| folders.iter().any(|folder| lies_below(output, folder));
    let output = output.filter(of_the_data).filter(|output| !is_table(output)).map(Path::to_owned);
    audio.chain([root.to_owned()]).chain(tables).chain(output)
}

fn lies_below(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    file.is_file() && real(folder).zip(real(file)).is_some_and(|(folder, file)| file.starts_with(folder))
}

/// The beginnings of a table of [`mgc::Predictions::write_csv`], of audio and of arrays.
const HEADERS: [&str; 2] = ["file,label,predicted,", "id,label,predicted,"];

fn is_table(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(64).read_to_end(&mut start));
    read.is_ok() && HEADERS.iter().any(|header| start.starts_with(header.as_bytes()))
}
