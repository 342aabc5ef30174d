//! Tables as CSV files.

use super::cli::Outcome;
use super::files::write_whole;
use std::path::Path;

/// Writes a header and rows of cells.
pub(crate) fn write_csv(path: &Path, header: &[String], rows: &[Vec<String>]) -> Outcome {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(header)?;
    rows.iter().try_for_each(|row| table.write_record(row))?;
    write_whole(path, &table.into_inner().map_err(|error| error.to_string())?)
}
