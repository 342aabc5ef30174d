//! Rows of numbers as NumPy files.

use super::cli::Outcome;
use super::files::write_whole;
use ndarray::Array2;
use ndarray_npy::WriteNpyExt;
use std::path::Path;

/// Writes rows of one length as a matrix of f32.
pub(crate) fn write_rows(path: &Path, rows: &[Vec<f32>]) -> Outcome {
    let columns = rows.first().map_or(0, Vec::len);
    let matrix = Array2::from_shape_vec((rows.len(), columns), rows.concat())?;
    let mut bytes = vec![];
    matrix.write_npy(&mut bytes)?;
    write_whole(path, &bytes)
}
