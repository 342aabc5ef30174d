//! Output files that the user asks for.

use super::cli::{Outcome, in_file};
use std::path::{Path, PathBuf};

/// Magic, version 1.0 and the length of the header of a NumPy file, in bytes.
const PREFIX: usize = 10;

/// Complains before the work rather than after it when the folder of an output file does not exist.
pub(crate) fn check_folder_of(output: Option<&Path>) -> Outcome {
    let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        Some(folder) => Err(format!("{}: no such folder to write into", folder.display()).into()),
        None => Ok(()),
    }
}

/// Writes the whole file or nothing.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Outcome {
    in_file(path, mgc_files::replace_bytes(path, bytes))
}

/// A temporary name beside `path`.
pub(crate) fn part_of(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.{ending}", std::process::id()));
    name.into()
}

/// Writes a CSV file: a header and rows of cells.
pub(crate) fn write_csv(path: &Path, header: &[String], rows: &[Vec<String>]) -> Outcome {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header)?;
    rows.iter().try_for_each(|row| table.write_record(row))?;
    write_whole(path, &table.into_inner().map_err(|error| error.to_string())?)
}

/// Writes a matrix of f32, row by row, as a NumPy file for `np.load`.
///
/// # Shapes
/// `values`: (rows, `columns`), row-major.
pub(crate) fn write_matrix(path: &Path, columns: usize, values: &[f32]) -> Outcome {
    let rows = values.len().checked_div(columns).unwrap_or_default();
    let mut bytes = npy_header(rows, columns);
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    write_whole(path, &bytes)
}

/// The header as `np.save` writes it: padded so that the values begin at a multiple of 64 bytes.
fn npy_header(rows: usize, columns: usize) -> Vec<u8> {
    let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let len = (PREFIX + text.len() + 1).next_multiple_of(64) - PREFIX;
    let padded = format!("{text:width$}\n", width = len - 1);
    [b"\x93NUMPY\x01\x00", &(len as u16).to_le_bytes()[..], padded.as_bytes()].concat()
}
