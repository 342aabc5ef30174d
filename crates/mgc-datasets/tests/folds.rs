//! Folds: every track is tested once, genres and groups stay whole; and what leaks where groups are ignored.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::BTreeSet;

use mgc_datasets::{
    Error, FoldConfig, Split, SplitConfig, SplitIndices, SplitReport, Track, k_fold, repeated, split,
};
use proptest::prelude::*;
use support::track;

fn tracks(genres_and_groups: &[(usize, usize)]) -> Vec<Track> {
    let each = |(index, &(genre, group)): (usize, &(usize, usize))| {
        track(index, Some(genre), Some(format!("group {group}")))
    };
    genres_and_groups.iter().enumerate().map(each).collect()
}

/// How many groups there are.
fn groups(list: &[(usize, usize)]) -> usize {
    list.iter().map(|(_, group)| group).collect::<BTreeSet<_>>().len()
}

proptest! {
    #[test]
    fn each_track_is_tested_once_and_validated_on_once(
        list in prop::collection::vec((0..5usize, 0..40usize), 12..150), folds in 3..12usize, grouped: bool, seed: u64,
    ) {
        prop_assume!(!grouped || groups(&list) >= folds);
        let tracks = tracks(&list);
        let folds = k_fold(&tracks, &FoldConfig { folds, grouped, seed }).unwrap();
        for side in [Split::Test, Split::Valid] {
            let mut all: Vec<usize> = folds.iter().flat_map(|fold| fold.side(side).to_vec()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..tracks.len()).collect::<Vec<_>>());
        }
        for fold in &folds {
            let on_a_side: usize = Split::ALL.iter().map(|side| fold.side(*side).len()).sum();
            prop_assert_eq!(on_a_side, tracks.len());
        }
    }

    #[test]
    fn no_fold_is_empty_where_there_are_as_many_groups_and_fewer_groups_are_an_error(
        list in prop::collection::vec((0..4usize, 0..12usize), 3..40), folds in 3..12usize, seed: u64,
    ) {
        let (groups, tracks) = (groups(&list), tracks(&list));
        match k_fold(&tracks, &FoldConfig { folds, grouped: true, seed }) {
            Ok(all) => prop_assert!(all.iter().all(|fold| !fold.test().is_empty() && !fold.train().is_empty())),
            Err(error) => {
                let named = matches!(error, Error::Folds { groups: named, .. } if named == groups);
                prop_assert!(groups < folds && named, "{error}");
            }
        }
    }

    #[test]
    fn each_genre_is_within_one_track_of_its_share(
        genres in prop::collection::vec(0..5usize, 12..200), folds in 3..12usize, seed: u64,
    ) {
        let list: Vec<_> = genres.iter().enumerate().map(|(index, genre)| (*genre, index)).collect();
        let tracks = tracks(&list);
        for fold in k_fold(&tracks, &FoldConfig { folds, seed, ..Default::default() }).unwrap() {
            for (genre, [_, _, test]) in SplitReport::new(&tracks, 5, &fold).counts.into_iter().enumerate() {
                let share = genres.iter().filter(|g| **g == genre).count() as f64 / folds as f64;
                prop_assert!((test as f64 - share).abs() < 1.0, "{test} for {share}");
            }
        }
    }

    #[test]
    fn no_group_lies_on_two_sides(
        list in prop::collection::vec((0..4usize, 0..30usize), 12..150), folds in 3..12usize, seed: u64,
    ) {
        prop_assume!(groups(&list) >= folds);
        let tracks = tracks(&list);
        for fold in k_fold(&tracks, &FoldConfig { folds, seed, ..Default::default() }).unwrap() {
            prop_assert!(SplitIndices::new(&tracks, fold.train(), fold.valid(), fold.test()).is_ok());
            let balance = SplitReport::new(&tracks, 4, &fold);
            prop_assert!(balance.crossing.is_empty() && balance.leaked_test_tracks == 0);
        }
    }
}

/// Pinned: a change here silently changes every experiment.
#[test]
fn the_folds_of_a_seed_never_change() {
    let tracks = tracks(&(0..12).map(|index| (index % 2, index)).collect::<Vec<_>>());
    let folds = k_fold(&tracks, &FoldConfig { folds: 3, grouped: true, seed: 7 }).unwrap();
    let tested: Vec<_> = folds.iter().map(|fold| fold.test().to_vec()).collect();
    assert_eq!(tested, PINNED);
}

const PINNED: [[usize; 4]; 3] = [[0, 1, 8, 9], [2, 3, 10, 11], [4, 5, 6, 7]];

#[test]
fn ten_folds_of_gtzan_hold_ten_tracks_of_each_genre() {
    let tracks = tracks(&(0..1000).map(|index| (index / 100, index)).collect::<Vec<_>>());
    for fold in k_fold(&tracks, &FoldConfig::default()).unwrap() {
        assert_eq!(SplitReport::new(&tracks, 10, &fold).counts, [[80, 10, 10]; 10]);
    }
}

#[test]
fn too_few_and_too_many_folds_are_typed_errors() {
    let tracks = tracks(&[(0, 0), (0, 1), (1, 2), (1, 3)]);
    for folds in [0, 1, 2, 5] {
        let error = k_fold(&tracks, &FoldConfig { folds, ..Default::default() }).unwrap_err();
        assert!(matches!(error, Error::Folds { tracks: 4, .. }), "{error}");
        let plain = if folds < 3 { "it needs at least 3" } else { "there are only 4 tracks to divide" };
        assert!(error.to_string().contains(plain), "{error}");
    }
}

#[test]
fn more_folds_than_groups_are_refused_with_what_would_do() {
    for (groups, way_out) in [(2, "divide them otherwise"), (4, "make at most 4 folds")] {
        let tracks: Vec<_> = (0..12)
            .map(|index| mgc_datasets::Track {
                group: Some(format!("artist {}", index % groups)),
                ..tracks(&[(0, index)]).remove(0)
            })
            .collect();
        let error = k_fold(&tracks, &FoldConfig { folds: 5, ..Default::default() }).unwrap_err().to_string();
        let found = format!("the 12 tracks form only {groups} groups");
        assert!(error.contains(&found) && error.contains(way_out), "{error}");
        assert!(error.contains("or ignore the groups"), "{error}");
    }
}

#[test]
fn repeated_splits_are_those_of_consecutive_seeds_and_overlap() {
    let tracks = tracks(&(0..100).map(|index| (index % 4, index)).collect::<Vec<_>>());
    let config = SplitConfig { seed: u64::MAX, ..Default::default() };
    let runs = repeated(&tracks, 10, &config).unwrap();
    assert_eq!(runs[1], split(&tracks, &SplitConfig { seed: 0, ..config }).unwrap());
    let tested: BTreeSet<usize> = runs.iter().flat_map(|run| run.test().to_vec()).collect();
    assert!(tested.len() < 100, "ten random tenths do not cover all: {}", tested.len());
}

#[test]
fn a_split_that_ignores_groups_shows_its_leak() {
    let tracks = tracks(&(0..60).map(|index| (index % 3, index % 12)).collect::<Vec<_>>());
    let flawed = split(&tracks, &SplitConfig { grouped: false, ..Default::default() }).unwrap();
    let balance = SplitReport::new(&tracks, 3, &flawed);
    assert_eq!(balance.leaked_test_tracks, flawed.test().len(), "every artist has five tracks");
    for (group, sides) in &balance.crossing {
        let on = |side: &Split| flawed.side(*side).iter().any(|i| tracks[*i].group.as_ref() == Some(group));
        assert!(sides.len() > 1 && sides.iter().all(on), "{group}");
    }
    assert!(balance.to_string().contains("test tracks have a relative"), "{balance}");
}

#[test]
fn without_groups_a_balance_does_not_claim_that_nothing_leaks() {
    let tracks: Vec<Track> = (0..20).map(|index| track(index, Some(0), None)).collect();
    let balance = SplitReport::new(&tracks, 1, &split(&tracks, &SplitConfig::default()).unwrap());
    assert!(balance.to_string().contains("no groups are known"), "{balance}");
}
