//! Protocols: the splits behind each name, and what they promise.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::BTreeSet;

use mgc_datasets::{
    Error, FoldConfig, GroupList, Gtzan, Protocol, Source, Split, SplitConfig, SplitReport, Track, k_fold,
    official, repeated,
};
use support::track;

/// GTZAN's tracks without audio: the ids of its genres, in order.
fn gtzan() -> Vec<Track> {
    let clip = |(genre, number): (usize, usize)| Track {
        id: format!("{}.{number:05}", Gtzan::INFO.genres[genre].0),
        genre: Some(genre),
        group: None,
        split: None,
        source: Source::Row(100 * genre + number),
    };
    let mut tracks: Vec<Track> =
        (0..10).flat_map(|genre| (0..100).map(move |number| (genre, number))).map(clip).collect();
    GroupList::gtzan_artists().apply(&mut tracks).unwrap();
    tracks
}

#[test]
fn every_name_is_parsed_back_and_a_wrong_one_is_corrected() {
    for protocol in Protocol::ALL {
        assert_eq!(protocol.to_string().parse(), Ok(protocol));
        assert!(!protocol.description().is_empty());
    }
    let error = "publishd".parse::<Protocol>().unwrap_err();
    assert_eq!(error.suggestion, Some("published"));
}

#[test]
fn published_and_k_fold_ignore_the_groups_of_gtzan() {
    let grouped = gtzan();
    let plain: Vec<Track> = grouped.iter().map(|track| Track { group: None, ..track.clone() }).collect();
    for protocol in [Protocol::Published, Protocol::KFold] {
        let splits = protocol.splits(&grouped, 10, 3).unwrap();
        assert_eq!(splits, protocol.splits(&plain, 10, 3).unwrap());
        assert_eq!(splits.len(), 10);
        for split in &splits {
            let report = SplitReport::new(&grouped, 10, split);
            assert_eq!(report.counts, [[80, 10, 10]; 10]);
            assert!(report.leaked_test_tracks > 50, "{report}");
        }
    }
    let seeded = SplitConfig { grouped: false, seed: 3, ..Default::default() };
    assert_eq!(Protocol::Published.splits(&plain, 10, 3).unwrap(), repeated(&plain, 10, &seeded).unwrap());
}

#[test]
fn grouped_tests_every_clip_of_gtzan_once_and_no_artist_on_two_sides() {
    let tracks = gtzan();
    let folds = Protocol::Grouped.splits(&tracks, 10, 0).unwrap();
    assert_eq!(folds, k_fold(&tracks, &FoldConfig::default()).unwrap());
    let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test().to_vec()).collect();
    tested.sort_unstable();
    assert_eq!(tested, (0..1000).collect::<Vec<_>>());
    for fold in &folds {
        let groups = |side: Split| -> BTreeSet<&str> {
            fold.side(side).iter().map(|&index| tracks[index].group.as_deref().unwrap()).collect()
        };
        let [train, valid, test] = Split::ALL.map(groups);
        assert!(train.is_disjoint(&valid) && train.is_disjoint(&test) && valid.is_disjoint(&test));
    }
}

#[test]
fn official_is_the_one_split_that_the_tracks_carry() {
    let mut tracks: Vec<Track> = (0..9).map(|index| track(index, Some(0), None)).collect();
    let error = Protocol::Official.splits(&tracks, 1, 0).unwrap_err();
    assert!(matches!(error, Error::NoOfficialSplit { tracks: 9 }), "{error}");
    for (index, track) in tracks.iter_mut().enumerate() {
        track.split = Some(Split::ALL[index % 3]);
    }
    let splits = Protocol::Official.splits(&tracks, 10, 7).unwrap();
    assert_eq!(splits, [official(&tracks).unwrap()]);
}

#[test]
fn grouped_without_any_group_says_what_to_do() {
    let tracks: Vec<Track> = (0..9).map(|index| track(index, Some(0), None)).collect();
    let error = Protocol::Grouped.splits(&tracks, 3, 0).unwrap_err();
    assert!(matches!(error, Error::NoGroups { tracks: 9 }), "{error}");
    assert!(error.to_string().contains("CSV file of track id and group"), "{error}");
}
