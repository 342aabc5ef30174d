//! The artists of GTZAN's excerpts.

use std::collections::BTreeMap;

const ROWS: &str = include_str!("artists.txt");

/// Returns the group of every excerpt by id: its artist, or `unnamed` and the first id of its run.
pub(crate) fn artists() -> BTreeMap<String, String> {
    rows().flat_map(|row| row.ids.into_iter().map(move |id| (id, row.group.clone()))).collect()
}

/// Returns the id of the excerpt that a name means: `blues.00042` for itself, for files of it
/// (`blues/blues.00042.wav`) and for pieces of it (`blues.00042.3.wav`).
pub(crate) fn excerpt(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next()?;
    let mut parts = name.split('.');
    let (genre, number) = (parts.next()?, parts.next()?);
    let numbered = number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered.then(|| format!("{genre}.{number}"))
}

/// A row of the list.
struct Row {
    group: String,
    ids: Vec<String>,
}

fn rows() -> impl Iterator<Item = Row> {
    let rows = ROWS.lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| row.rsplit_once(": ")).map(|(artist, excerpts)| {
        let ids: Vec<String> = excerpts.split("; ").flat_map(of_genre).collect();
        let artist = artist.split(" = ").next().unwrap_or(artist);
        let first = ids.first().map_or("", String::as_str);
        let group = if artist == "-" { format!("unnamed {first}") } else { artist.to_string() };
        Row { group, ids }
    })
}

/// `metal 58-60 62` -> its four ids
fn of_genre(row: &str) -> impl Iterator<Item = String> + '_ {
    let (genre, numbers) = row.split_once(' ').unwrap_or((row, ""));
    numbers.split(' ').flat_map(run).map(move |number| format!("{genre}.{number:05}"))
}

/// `58-60` -> 58, 59, 60
fn run(numbers: &str) -> std::ops::Range<usize> {
    let numbers = numbers.trim_end_matches('?');
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) => first..last + 1,
        _ => 0..0, // a test reads all rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_excerpt_is_in_one_row() {
        let listed: Vec<String> = rows().flat_map(|row| row.ids).collect();
        let distinct: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(listed.len(), 1000);
        assert_eq!(distinct, super::super::all_ids().collect());
    }

    #[test]
    fn the_index_has_244_artists_and_81_unnamed_excerpts() {
        let named = || ROWS.lines().filter(|row| !row.starts_with(['#', '-']));
        let artists = |row: &str| row.rsplit_once(": ").map_or(0, |(names, _)| names.split(" = ").count());
        assert_eq!(named().map(artists).sum::<usize>(), 244);
        let in_runs: usize =
            rows().filter(|row| row.group.starts_with("unnamed ")).map(|row| row.ids.len()).sum();
        assert_eq!(in_runs + named().filter(|row| row.contains('?')).count(), 81);
    }
}
