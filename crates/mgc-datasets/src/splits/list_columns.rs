//! Which columns of a table hold ids and groups.

use crate::error::Result;
use crate::loaders::csv_table::Table;

/// Names of the column of track ids, the preferred first.
const IDS: &[&str] = &[
    "id",
    "track_id",
    "trackid",
    "track",
    "clip_id",
    "clip",
    "file",
    "file_name",
    "filename",
    "path",
    "file_path",
    "filepath",
    "name",
];

/// Names of the column of groups, the preferred first.
const GROUPS: &[&str] = &[
    "group",
    "group_id",
    "groups",
    "artist_id",
    "artist",
    "artist_name",
    "performer",
    "band",
    "album_id",
    "album",
    "album_name",
    "album_title",
    "release",
    "recording",
    "composer",
];

/// Where ids and groups stand in a row.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) places: [usize; 2],
    pub(super) names: [String; 2],
    /// Whether the first row names them.
    pub(super) named: bool,
}

impl Columns {
    pub(super) fn of(table: &Table) -> Result<Self> {
        let cells: Vec<String> =
            (0..table.fields()).map(|place| table.text(place).trim().to_string()).collect();
        let plain: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let find = |known: &[&str]| known.iter().find_map(|name| plain.iter().position(|cell| cell == name));
        let (places, named) = match (find(IDS), find(GROUPS), cells.len()) {
            (Some(id), Some(group), _) => ([id, group], true),
            (Some(id), None, 2) => ([id, 1 - id], true),
            (None, Some(group), 2) => ([1 - group, group], true),
            (None, None, 2) => ([0, 1], false),
            _ => return Err(table.error(quoted(&cells), header())),
        };
        Ok(Self { places, names: places.map(|place| cells[place].clone()), named })
    }
}

/// `Artist Name` -> `artist_name`
fn plain(cell: &str) -> String {
    cell.trim_start_matches('\u{feff}').trim().to_lowercase().replace([' ', '-'], "_")
}

fn quoted(cells: &[String]) -> String {
    let shown: Vec<_> = cells.iter().take(12).map(|cell| format!("`{cell}`")).collect();
    format!("columns {}{}", shown.join(", "), if cells.len() > 12 { ", ..." } else { "" })
}

/// What a list should look like.
pub(super) fn header() -> String {
    format!(
        "two columns, id and group, separated by a comma, or a header with one of {} and one of {}",
        IDS.join(", "),
        GROUPS.join(", ")
    )
}
