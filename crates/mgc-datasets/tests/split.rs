//! Splits partition, keep strata and groups, and depend on nothing but their seed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use mgc_datasets::{Error, Split, SplitConfig, SplitIndices, Track, official, split};
use proptest::prelude::*;
use support::track;

fn labelled(genres: &[usize]) -> Vec<Track> {
    genres.iter().enumerate().map(|(index, &genre)| track(index, Some(genre), None)).collect()
}

fn grouped(genres_and_groups: &[(usize, usize)]) -> Vec<Track> {
    let each = |(index, &(genre, group)): (usize, &(usize, usize))| {
        track(index, Some(genre), Some(format!("group {group}")))
    };
    genres_and_groups.iter().enumerate().map(each).collect()
}

fn fractions() -> impl Strategy<Value = (f64, f64)> {
    (0.0..=1.0, 0.0..=1.0).prop_map(|(train, valid): (f64, f64)| (train, valid * (1.0 - train)))
}

fn counts(tracks: &[Track], side: &[usize]) -> BTreeMap<usize, f64> {
    let mut counts = BTreeMap::new();
    for genre in side.iter().filter_map(|&index| tracks[index].genre) {
        *counts.entry(genre).or_insert(0.0) += 1.0;
    }
    counts
}

proptest! {
    #[test]
    fn every_track_lies_on_exactly_one_side(
        list in prop::collection::vec((0..6usize, 0..40usize), 0..120), (train, valid) in fractions(), seed: u64, grouped_: bool,
    ) {
        let tracks = grouped(&list);
        let parts = split(&tracks, &SplitConfig { train, valid, grouped: grouped_, seed }).unwrap();
        let mut all = [parts.train(), parts.valid(), parts.test()].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..tracks.len()).collect::<Vec<_>>());
    }

    #[test]
    fn each_genre_is_within_one_track_of_its_share(
        genres in prop::collection::vec(0..6usize, 0..150), (train, valid) in fractions(), seed: u64,
    ) {
        let tracks = labelled(&genres);
        let parts = split(&tracks, &SplitConfig { train, valid, seed, ..Default::default() }).unwrap();
        let all: Vec<usize> = (0..tracks.len()).collect();
        for (genre, total) in counts(&tracks, &all) {
            for (side, fraction) in [(parts.train(), train), (parts.valid(), valid), (parts.test(), 1.0 - train - valid)] {
                let got = counts(&tracks, side).get(&genre).copied().unwrap_or(0.0);
                prop_assert!((got - fraction * total).abs() < 1.0, "{got} of {total} for {fraction}");
            }
        }
    }

    #[test]
    fn no_group_lies_on_two_sides(
        list in prop::collection::vec((0..4usize, 0..30usize), 0..150), (train, valid) in fractions(), seed: u64,
    ) {
        let tracks = grouped(&list);
        let parts = split(&tracks, &SplitConfig { train, valid, seed, ..Default::default() }).unwrap();
        let groups = |side: &[usize]| side.iter().map(|&index| tracks[index].group.clone()).collect::<BTreeSet<_>>();
        let [train, valid, test] = Split::ALL.map(|side| groups(parts.side(side)));
        prop_assert!(train.is_disjoint(&valid) && train.is_disjoint(&test) && valid.is_disjoint(&test));
        prop_assert!(SplitIndices::new(&tracks, parts.train(), parts.valid(), parts.test()).is_ok());
    }

    #[test]
    fn a_genre_of_equal_groups_misses_its_share_by_less_than_a_group(
        groups in 1..40usize, size in 1..6usize, (train, valid) in fractions(), seed: u64,
    ) {
        let list: Vec<_> = (0..groups * size).map(|index| (0, index / size)).collect();
        let tracks = grouped(&list);
        let parts = split(&tracks, &SplitConfig { train, valid, seed, ..Default::default() }).unwrap();
        for (side, fraction) in [(parts.train(), train), (parts.valid(), valid), (parts.test(), 1.0 - train - valid)] {
            let over = side.len() as f64 - fraction * tracks.len() as f64;
            prop_assert!(over < size as f64 + 1.0, "{over} tracks too many");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_split(genres in prop::collection::vec(0..6usize, 0..100), seed: u64) {
        let tracks = labelled(&genres);
        let config = SplitConfig { seed, ..Default::default() };
        prop_assert_eq!(split(&tracks, &config).unwrap(), split(&tracks, &config).unwrap());
    }
}

#[test]
fn gtzan_splits_into_800_100_100_with_every_genre_alike() {
    let tracks = labelled(&(0..1000).map(|index| index / 100).collect::<Vec<_>>());
    let parts = split(&tracks, &SplitConfig::default()).unwrap();
    assert_eq!([parts.train().len(), parts.valid().len(), parts.test().len()], [800, 100, 100]);
    assert!(counts(&tracks, parts.test()).values().all(|&count| count == 10.0));
}

#[test]
fn many_small_genres_fill_the_small_sides_too() {
    let tracks = labelled(&(0..50).map(|index| index / 5).collect::<Vec<_>>());
    let parts = split(&tracks, &SplitConfig::default()).unwrap();
    assert_eq!([parts.train().len(), parts.valid().len(), parts.test().len()], [40, 5, 5]);
}

#[test]
fn another_seed_gives_another_split() {
    let tracks = labelled(&[0; 100]);
    let parts = |seed| split(&tracks, &SplitConfig { seed, ..Default::default() }).unwrap();
    assert_ne!(parts(1), parts(2));
}

/// Pinned: a change here silently changes every experiment.
#[test]
fn the_split_of_a_seed_never_changes() {
    let tracks = labelled(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let parts = split(&tracks, &SplitConfig { train: 0.5, valid: 0.25, grouped: true, seed: 7 }).unwrap();
    assert_eq!(parts.valid(), [3, 4, 6]);
    assert_eq!(parts.test(), [7, 8, 9]);
}

#[test]
fn ignoring_groups_divides_them() {
    let tracks = grouped(&[(0, 0); 20]);
    let parts = split(&tracks, &SplitConfig { grouped: false, ..Default::default() }).unwrap();
    assert_eq!(parts.test().len(), 2);
}

#[test]
fn a_group_that_spans_genres_stays_whole() {
    let tracks = grouped(&(0..60).map(|index| (index % 3, index / 6)).collect::<Vec<_>>());
    let parts = split(&tracks, &SplitConfig { train: 0.6, valid: 0.2, ..Default::default() }).unwrap();
    assert_eq!([parts.train().len(), parts.valid().len(), parts.test().len()], [36, 12, 12]);
}

#[test]
fn unlabelled_tracks_are_divided_too() {
    let tracks: Vec<_> = (0..10).map(|index| track(index, None, None)).collect();
    assert_eq!(split(&tracks, &SplitConfig::default()).unwrap().train().len(), 8);
}

#[test]
fn impossible_fractions_are_typed_errors() {
    for (train, valid) in [(0.9, 0.2), (-0.1, 0.5), (0.5, -0.1), (f64::NAN, 0.1), (0.5, f64::INFINITY)] {
        let error = split(&[], &SplitConfig { train, valid, ..Default::default() }).unwrap_err();
        assert!(matches!(error, Error::Fractions { .. }), "{error}");
    }
}

#[test]
fn the_official_split_is_taken_where_tracks_carry_one() {
    let mut tracks = labelled(&[0; 4]);
    assert_eq!(official(&tracks), None);
    tracks[0].split = Some(Split::Test);
    tracks[2].split = Some(Split::Train);
    tracks[3].split = Some(Split::Valid);
    let parts = official(&tracks).unwrap();
    assert_eq!((parts.train(), parts.valid(), parts.test()), (&[2][..], &[3][..], &[0][..]));
}

#[test]
fn lists_made_elsewhere_are_checked() {
    let tracks = grouped(&[(0, 0), (0, 0), (0, 1)]);
    assert_eq!(SplitIndices::new(&tracks, &[1, 0], &[], &[2]).unwrap().train(), [0, 1]);
    let twice = SplitIndices::new(&tracks, &[0, 1], &[], &[1]).unwrap_err();
    assert!(matches!(twice, Error::SplitIndex { index: 1, .. }), "{twice}");
    let missing = SplitIndices::new(&tracks, &[3], &[], &[]).unwrap_err();
    assert!(matches!(missing, Error::SplitIndex { index: 3, tracks: 3, .. }), "{missing}");
    let leak = SplitIndices::new(&tracks, &[0], &[], &[1]).unwrap_err();
    assert!(
        matches!(leak, Error::GroupAcrossSides { first: Split::Train, second: Split::Test, .. }),
        "{leak}"
    );
}
