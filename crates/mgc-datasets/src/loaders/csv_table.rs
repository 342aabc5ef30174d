//! Reads csv row by row in bounded memory, with errors that tell how many rows were sound.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A csv file whose rows all have the same number of fields.
pub(crate) struct Table {
    path: PathBuf,
    reader: csv::Reader<File>,
    row: csv::ByteRecord,
    fields: Option<usize>,
    rows: usize,
    last: Option<String>,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let row = csv::ByteRecord::new();
        Ok(Self { path: path.to_path_buf(), reader, row, fields: None, rows: 0, last: None })
    }

    /// Advances to the next row; returns `false` after the last.
    ///
    /// A row of another length is an error. A truncated file ends in one, since a quote that never closes
    /// takes in the rest.
    pub(crate) fn next(&mut self) -> Result<bool> {
        match self.reader.read_byte_record(&mut self.row) {
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(error) => return Err(Error::Io { path: self.path.clone(), source: error.into() }),
        }
        let fields = *self.fields.get_or_insert(self.row.len());
        if self.row.len() == fields {
            return Ok(true);
        }
        let found = format!("{} fields in the row of `{}`", self.row.len(), self.text(0));
        Err(self.error(found, format!("{fields}; is the file cut off? Download it again")))
    }

    /// Returns a field of this row; empty past the last.
    pub(crate) fn text(&self, column: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.row.get(column).unwrap_or_default())
    }

    pub(crate) fn fields(&self) -> usize {
        self.row.len()
    }

    /// Returns the line on which this row begins, counted from 1.
    pub(crate) fn line(&self) -> u64 {
        self.row.position().map_or(1, csv::Position::line)
    }

    /// Counts this row as sound.
    pub(crate) fn accept(&mut self) {
        self.rows += 1;
        self.last = Some(self.text(0).into_owned());
    }

    /// Makes an error about this row.
    pub(crate) fn error(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::Table {
            path: self.path.clone(),
            line: self.line(),
            found: found.into(),
            expected: expected.into(),
            rows: self.rows,
            last: self.last.clone(),
        }
    }
}
