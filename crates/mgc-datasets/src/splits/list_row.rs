//! One row of a list of groups.

use crate::error::Result;
use crate::loaders::csv_table::Table;

/// A row: the name of a track in the list, and its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line in the file, counted from 1.
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) group: String,
}

impl Row {
    /// Reads id and group from these places of the table's row.
    pub(super) fn of(table: &Table, places: [usize; 2]) -> Result<Self> {
        let [id, group] = places.map(|place| table.text(place).trim().to_string());
        if id.is_empty() || group.is_empty() {
            return Err(table.error(format!("id `{id}`, group `{group}`"), "an id and a group"));
        }
        Ok(Self { line: table.line(), id, group })
    }

    /// The same row with the columns the other way round.
    pub(super) fn turned(&self) -> Self {
        Self { line: self.line, id: self.group.clone(), group: self.id.clone() }
    }
}
