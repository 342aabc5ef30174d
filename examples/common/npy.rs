//! Rows of numbers as NumPy files.

use super::cli::Outcome;
use super::files::write_whole;
use std::path::Path;

/// Magic, version 1.0 and the length of the header, in bytes.
const PREFIX: usize = 10;

/// Writes a matrix of f32, row by row, for `np.load`.
///
/// # Shapes
/// `values`: (rows, `columns`), row-major.
pub(crate) fn write_matrix(path: &Path, columns: usize, values: &[f32]) -> Outcome {
    let rows = values.len().checked_div(columns).unwrap_or_default();
    let mut bytes = header(rows, columns);
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    write_whole(path, &bytes)
}

/// The header as `np.save` writes it: padded so that the values begin at a multiple of 64 bytes.
fn header(rows: usize, columns: usize) -> Vec<u8> {
    let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let len = (PREFIX + text.len() + 1).next_multiple_of(64) - PREFIX;
    let padded = format!("{text:width$}\n", width = len - 1);
    [b"\x93NUMPY\x01\x00", &(len as u16).to_le_bytes()[..], padded.as_bytes()].concat()
}
