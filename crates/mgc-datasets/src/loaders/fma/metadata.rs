//! The table `tracks.csv`: three rows of headers, then one row per track.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::subset::FmaSubset;
use crate::error::Result;
use crate::loaders::csv_table::Table;
use crate::side::Split;

/// The fields of a row that are used.
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) artist: Option<String>,
    pub(super) genre: Option<&'static str>,
    pub(super) split: Option<Split>,
    pub(super) subset: FmaSubset,
}

/// Reads all rows, in the order of the file.
pub(super) fn read(path: &Path) -> Result<Vec<Row>> {
    let mut table = Table::open(path)?;
    let columns = Columns::find(&mut table)?;
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    while table.next()? {
        let row = columns.row(&table)?;
        if !seen.insert(row.id) {
            return Err(table.error(format!("track {} again", row.id), "every track once"));
        }
        rows.push(row);
        table.accept();
    }
    Ok(rows)
}

/// Returns the smallest subset that holds all the clips.
pub(super) fn smallest_with(rows: &[Row], clips: &BTreeMap<u32, PathBuf>) -> FmaSubset {
    let of_clips = rows.iter().filter(|row| clips.contains_key(&row.id)).map(|row| row.subset);
    of_clips.max().unwrap_or(FmaSubset::Small)
}

/// The columns of the fields.
struct Columns {
    artist: usize,
    genre: usize,
    split: usize,
    subset: usize,
}

impl Columns {
    /// Reads the headers: groups of columns, then columns, then the name of the first column alone.
    fn find(table: &mut Table) -> Result<Self> {
        let outer = header(table)?;
        let inner = header(table)?;
        let column = |group: &str, name: &str| {
            let same = |(a, b): (&String, &String)| a == group && b == name;
            let missing = || table.error(format!("no column {group}.{name}"), "the tracks.csv of FMA");
            outer.iter().zip(&inner).position(same).ok_or_else(missing)
        };
        let columns = Self {
            artist: column("artist", "id")?,
            genre: column("track", "genre_top")?,
            split: column("set", "split")?,
            subset: column("set", "subset")?,
        };
        match header(table)?.first().map(String::as_str) {
            Some("track_id") => Ok(columns),
            _ => Err(table.error(format!("`{}`", table.text(0)), "a third row of headers with track_id")),
        }
    }

    fn row(&self, table: &Table) -> Result<Row> {
        let bad = |column, what| table.error(format!("{what} `{}`", table.text(column)), EXPECTED);
        let subset: FmaSubset = table.text(self.subset).parse().map_err(|_| bad(self.subset, "subset"))?;
        let genre = match table.text(self.genre).as_ref() {
            "" => None,
            genre => {
                let known = subset.genres().iter().find(|known| **known == genre);
                Some(*known.ok_or_else(|| bad(self.genre, "genre_top"))?)
            }
        };
        let artist = table.text(self.artist);
        Ok(Row {
            id: table.text(0).parse().map_err(|_| bad(0, "track id"))?,
            artist: (!artist.is_empty()).then(|| artist.into_owned()),
            genre,
            split: side(&table.text(self.split)).map_err(|()| bad(self.split, "split"))?,
            subset,
        })
    }
}

const EXPECTED: &str = "a numeric track id, a root genre of the subset or none, a split training, validation or \
                        test, and a subset small, medium or large";

fn header(table: &mut Table) -> Result<Vec<String>> {
    match table.next()? {
        true => Ok((0..table.fields()).map(|column| table.text(column).into_owned()).collect()),
        false => Err(table.error("the end of the file", "three rows of headers")),
    }
}

fn side(name: &str) -> std::result::Result<Option<Split>, ()> {
    match name {
        "training" => Ok(Some(Split::Train)),
        "validation" => Ok(Some(Split::Valid)),
        "test" => Ok(Some(Split::Test)),
        "" => Ok(None),
        _ => Err(()),
    }
}
