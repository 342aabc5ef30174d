//! Which columns of a table hold ids and groups.

use std::path::Path;

use crate::error::Result;
use crate::loaders::AUDIO_EXTENSIONS;
use crate::loaders::csv_table::Table;
use crate::loaders::files::extension;

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

/// How a list says what its columns hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Header {
    /// Not at all: the first row is a track's.
    #[default]
    Absent,
    /// The first of two columns has an unknown name, or the second; or the row is a track's after all, whose
    /// id or group is also the name of a column.
    Likely,
    /// By names of which both are known.
    Present,
}

/// Where ids and groups stand in a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Columns {
    pub(super) places: [usize; 2],
    pub(super) names: [String; 2],
    pub(super) header: Header,
}

impl Columns {
    /// Reads the first row.
    pub(super) fn of(table: &Table) -> Result<Self> {
        let cells: Vec<String> =
            (0..table.fields()).map(|place| table.text(place).trim().to_string()).collect();
        let plain: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let find = |known: &[&str]| known.iter().find_map(|name| plain.iter().position(|cell| cell == name));
        let (places, header) = match (find(IDS), find(GROUPS), cells.len()) {
            (Some(id), Some(group), _) => ([id, group], Header::Present),
            (_, _, 2) if cells.iter().any(|cell| is_music(cell)) => ([0, 1], Header::Absent),
            (Some(id), None, 2) => ([id, 1 - id], Header::Likely),
            (None, Some(group), 2) => ([1 - group, group], Header::Likely),
            (None, None, 2) => ([0, 1], Header::Absent),
            _ => return Err(table.error(quoted(&cells), expected())),
        };
        Ok(Self { places, names: places.map(|place| cells[place].clone()), header })
    }
}

/// Whether a cell is the name of a file of music, which no column has.
fn is_music(cell: &str) -> bool {
    extension(Path::new(cell)).is_some_and(|ending| AUDIO_EXTENSIONS.contains(&ending.as_str()))
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
fn expected() -> String {
    format!(
        "two columns, id and group, separated by a comma, or a header with one of {} and one of {}",
        IDS.join(", "),
        GROUPS.join(", ")
    )
}
