//! Predictions for the tracks of a dataset: warnings, and how a table of them is recognised.

use super::say::tell;
use mgc::datasets::Track;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The beginnings of a table of [`mgc::Predictions::write_csv`], of audio and of arrays.
const HEADERS: [&str; 2] = ["file,label,predicted,", "id,label,predicted,"];

/// Names the first tracks of which nothing was heard.
pub(crate) fn warn_of_silence(tracks: &[Track], silent: &[usize]) {
    if !silent.is_empty() {
        let names: Vec<_> = silent.iter().take(5).map(|&index| tracks[index].id.as_str()).collect();
        let more = if silent.len() > names.len() { ", ..." } else { "" };
        tell!("warning: silence in {} tracks: {}{more}", silent.len(), names.join(", "));
    }
}

/// Whether the file begins as such a table does.
pub(super) fn is_table(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(64).read_to_end(&mut start));
    read.is_ok() && HEADERS.iter().any(|header| start.starts_with(header.as_bytes()))
}
