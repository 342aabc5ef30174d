//! The fault-filtered split of GTZAN: its clips without known faults, by side.

use std::collections::HashMap;

use crate::side::Split;

const LISTS: [(Split, &str); 3] = [
    (Split::Train, include_str!("train_filtered.txt")),
    (Split::Valid, include_str!("valid_filtered.txt")),
    (Split::Test, include_str!("test_filtered.txt")),
];

/// Returns the side of each listed clip by id.
pub(super) fn sides() -> HashMap<String, Split> {
    let side = |(split, list): (Split, &'static str)| ids(list).map(move |id| (id, split));
    LISTS.into_iter().flat_map(side).collect()
}

fn ids(list: &'static str) -> impl Iterator<Item = String> {
    let of_genre = |row: &'static str| {
        let (genre, numbers) = row.split_once(' ').unwrap_or((row, ""));
        numbers.split(' ').map(move |number| format!("{genre}.{number:0>5}"))
    };
    list.lines().filter(|row| !row.starts_with('#')).flat_map(of_genre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_their_published_sizes_and_share_no_clip() {
        let sides = sides();
        let of = |wanted| sides.values().filter(|&&side| side == wanted).count();
        assert_eq!(Split::ALL.map(of), [443, 197, 290]);
        assert_eq!(LISTS.iter().flat_map(|(_, list)| ids(list)).count(), 930);
    }

    #[test]
    fn every_listed_clip_is_one_of_the_thousand() {
        let all: std::collections::BTreeSet<String> = super::super::all_ids().collect();
        assert_eq!(all.len(), 1000);
        assert!(sides().keys().all(|id| all.contains(id)));
    }
}
