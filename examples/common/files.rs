//! Content of output files.

use super::cli::Outcome;

/// Magic, version 1.0 and the length of the header of a NumPy file, in bytes.
const PREFIX: usize = 10;

/// A CSV file: a header and rows of cells.
pub(crate) fn csv_bytes(header: &[String], rows: &[Vec<String>]) -> Outcome<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header)?;
    rows.iter().try_for_each(|row| table.write_record(row))?;
    Ok(table.into_inner().map_err(|error| error.to_string())?)
}

/// A matrix of f32, row by row, as a NumPy file for `np.load`.
///
/// # Shapes
/// `values`: (rows, `columns`), row-major.
pub(crate) fn npy_bytes(columns: usize, values: &[f32]) -> Vec<u8> {
    let rows = values.len().checked_div(columns).unwrap_or_default();
    let mut bytes = npy_header(rows, columns);
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// The header as `np.save` writes it: padded so that the values begin at a multiple of 64 bytes.
fn npy_header(rows: usize, columns: usize) -> Vec<u8> {
    let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let len = (PREFIX + text.len() + 1).next_multiple_of(64) - PREFIX;
    let padded = format!("{text:width$}\n", width = len - 1);
    [b"\x93NUMPY\x01\x00", &(len as u16).to_le_bytes()[..], padded.as_bytes()].concat()
}
