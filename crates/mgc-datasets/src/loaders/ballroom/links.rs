//! Groups of linked songs, however many links apart.

use std::collections::BTreeMap;

use super::xml::Song;

/// The kinds of links that make two songs one group, for
/// [`ExtendedBallroom::open_with`](crate::ExtendedBallroom::open_with).
///
/// ```no_run
/// use mgc_datasets::{ExtendedBallroom, LinkKinds};
///
/// let strict = ExtendedBallroom::open("ballroom")?; // all versions of a song stay on one side
/// let loose = ExtendedBallroom::open_with("ballroom", LinkKinds::Exact)?; // only copies do
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkKinds {
    /// Exact duplicates, other tempos, karaoke and other versions: 3,727 groups.
    #[default]
    All,
    /// Exact duplicates only: 3,944 groups.
    Exact,
}

impl LinkKinds {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::All => &["exact", "time", "karaoke", "version"],
            Self::Exact => &["exact"],
        }
    }
}

/// Returns, for each song, the smallest id in its group.
pub(super) fn groups(songs: &[Song], links: LinkKinds) -> BTreeMap<&str, &str> {
    let mut pairs = Vec::new();
    for song in songs {
        let wanted = song.links.iter().filter(|(kind, _)| links.names().contains(&kind.as_str()));
        pairs.extend(wanted.map(|(_, other)| (song.id.as_str(), other.as_str())));
    }
    united(songs.iter().map(|song| song.id.as_str()), &pairs)
}

/// Returns, for each id, the smallest id among those it is linked with and itself. Linked ids need not be
/// listed.
fn united<'a>(
    ids: impl Iterator<Item = &'a str>,
    links: &[(&'a str, &'a str)],
) -> BTreeMap<&'a str, &'a str> {
    let linked = links.iter().flat_map(|&(a, b)| [a, b]);
    let mut parents: BTreeMap<&str, &str> = ids.chain(linked).map(|id| (id, id)).collect();
    for &(a, b) in links {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        parents.insert(a.max(b), a.min(b));
    }
    let all: Vec<&str> = parents.keys().copied().collect();
    all.into_iter().map(|id| (id, root(&mut parents, id))).collect()
}

/// Returns the end of the chain of parents, and shortens the chain on the way.
fn root<'a>(parents: &mut BTreeMap<&'a str, &'a str>, mut id: &'a str) -> &'a str {
    while let Some(&parent) = parents.get(id).filter(|parent| **parent != id) {
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        parents.insert(id, grandparent);
        id = grandparent;
    }
    id
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chains_of_links_meet_in_the_smallest_id() {
        let groups = united(["5", "2", "9", "7", "1"].into_iter(), &[("9", "5"), ("5", "2"), ("7", "3")]);
        assert_eq!(groups["9"], "2");
        assert_eq!(groups["5"], "2");
        assert_eq!(groups["7"], "3", "a linked id without a song still joins");
        assert_eq!(groups["1"], "1");
    }

    #[test]
    fn a_long_chain_in_any_direction_is_one_group() {
        let ids: Vec<String> = (0..1000).map(|number| format!("{number:04}")).collect();
        let mut links: Vec<_> = ids.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
        links.reverse();
        let groups = united(ids.iter().map(String::as_str), &links);
        assert!(groups.values().all(|group| *group == "0000"));
    }

    proptest! {
        #[test]
        fn two_ids_share_a_group_exactly_when_a_walk_along_links_joins_them(
            links in proptest::collection::vec((0..12_usize, 0..12_usize), 0..16),
        ) {
            let names: Vec<String> = (0..12).map(|number| format!("{number:02}")).collect();
            let named: Vec<_> = links.iter().map(|&(a, b)| (names[a].as_str(), names[b].as_str())).collect();
            let groups = united(names.iter().map(String::as_str), &named);
            for start in 0..12 {
                let mut reached = [false; 12];
                reached[start] = true;
                for _ in 0..12 {
                    for &(a, b) in &links {
                        let either = reached[a] || reached[b];
                        (reached[a], reached[b]) = (either, either);
                    }
                }
                let smallest = reached.iter().position(|&reached| reached).unwrap_or(start);
                prop_assert_eq!(groups[names[start].as_str()], &names[smallest]);
            }
        }
    }
}
