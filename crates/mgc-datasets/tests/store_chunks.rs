//! Chunks in a feature store: those of `extract`, with the guarantees that whole tracks have.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mgc_audio::{ChunkConfig, Clip, FrontEnd, MelConfig, write_wav};
use mgc_datasets::{Dataset, FeatureStore, FoldConfig, Folder, Progress, Shard, extract, k_fold};
use support::put;
use support::store::{build_with, bytes, chunks, published};

/// Lengths in samples, and how many chunks of 4,410 samples every 2,205 they give: several tracks of several
/// counts, so that no place in the file can be guessed from the first.
const LENGTHS: [(usize, usize); 9] = [
    (11_025, 4),
    (22_050, 9),
    (100, 1),
    (6_614, 1),
    (6_615, 2),
    (22_049, 8),
    (13_230, 5),
    (11_024, 3),
    (44_100, 19),
];

/// Two genres of noise, and a file that is none in front.
fn music(root: &Path) -> Folder {
    put(root, "a/00 lyrics.flac", b"these are the lyrics");
    for (index, (length, _)) in LENGTHS.iter().enumerate() {
        let noise = |n: u32| (n.wrapping_mul(n + index as u32) % 997) as f32 / 997.0 - 0.5;
        let path = root.join(format!("{}/{index}.wav", ["a", "b"][index % 2]));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_wav(path, &Clip::new((0..*length as u32).map(noise).collect(), 22_050)).unwrap();
    }
    Folder::open(root).unwrap()
}

#[test]
fn the_rows_are_the_chunks_of_extract_each_with_its_track() {
    let root = tempfile::tempdir().unwrap();
    let music = music(&root.path().join("music"));
    let (plan, _) = chunks();
    let (store, progress) = build_with(&music, &plan, &root.path().join("store"));
    let expected = extract(&music, 0..10, &plan, |_, _| ());
    assert_eq!((store.rows(), progress.computed, progress.skipped), (52, 9, 1));
    assert_eq!(store.kept(&music).unwrap(), expected.kept);
    assert_eq!(store.skipped(), expected.skipped);
    for (row, spectrogram) in expected.spectrograms.iter().enumerate() {
        assert_eq!(store.row(row).unwrap(), spectrogram, "row {row}");
    }
    assert_eq!((store.config().chunk_samples, store.hop()), (Some(4410), Some(2205)));
    assert!(store.row(52).is_err());
    store.verify().unwrap();
}

#[test]
fn every_row_tells_its_track_and_its_place_in_it() {
    let root = tempfile::tempdir().unwrap();
    let music = music(&root.path().join("music"));
    build_with(&music, &chunks().0, &root.path().join("store"));
    let store = FeatureStore::open(root.path().join("store")).unwrap();
    let genre = |index: usize| ["a", "b"][index % 2];
    let order = (0..9).step_by(2).chain((1..9).step_by(2));
    let places = order.flat_map(|index| {
        (0..LENGTHS[index].1).map(move |chunk| (format!("{}/{index}.wav", genre(index)), chunk))
    });
    let found = store.chunks().map(|(id, chunk)| (id.to_string(), chunk));
    assert_eq!(found.collect::<Vec<_>>(), places.collect::<Vec<_>>());
    assert!(store.track_ids().eq(store.chunks().map(|(id, _)| id)));
}

#[test]
fn folds_over_tracks_never_divide_the_chunks_of_one() {
    let root = tempfile::tempdir().unwrap();
    let music = music(&root.path().join("music"));
    let (store, _) = build_with(&music, &chunks().0, &root.path().join("store"));
    let kept = store.kept(&music).unwrap();
    for fold in k_fold(music.tracks(), &FoldConfig { folds: 4, ..FoldConfig::default() }).unwrap() {
        let rows = |side: &[usize]| (0..52).filter(|&row| side.contains(&kept[row])).collect::<Vec<_>>();
        let ids =
            |side| rows(side).iter().map(|&row| store.chunks().nth(row).unwrap().0).collect::<BTreeSet<_>>();
        let sides = [fold.train(), fold.valid(), fold.test()];
        assert_eq!(sides.map(|side| rows(side).len()).iter().sum::<usize>(), 52);
        assert!(ids(sides[2]).is_disjoint(&ids(sides[0])) && ids(sides[2]).is_disjoint(&ids(sides[1])));
    }
}

#[test]
fn a_changed_length_or_hop_is_computed_anew_and_the_old_one_is_still_there() {
    let root = tempfile::tempdir().unwrap();
    let (music, folder) = (music(&root.path().join("music")), root.path().join("store"));
    let (plan, config) = chunks();
    let mel = MelConfig { n_mels: 16, ..MelConfig::default() };
    build_with(&music, &plan, &folder);
    let before = bytes(&folder);
    for config in [ChunkConfig { seconds: 0.2001, ..config }, ChunkConfig { hop_seconds: 0.1001, ..config }] {
        let front_end = FrontEnd::chunked(&mel, &config).unwrap();
        let (store, progress) = build_with(&music, &front_end, &folder);
        assert_eq!(progress.computed, 9);
        let expected = extract(&music, 0..10, &front_end, |_, _| ());
        assert_eq!((store.kept(&music).unwrap(), store.rows()), (expected.kept, expected.spectrograms.len()));
    }
    // The same settings, but one row a track.
    let (store, progress) = build_with(&music, &FrontEnd::new(plan.config().clone()).unwrap(), &folder);
    assert_eq!((progress.computed, store.rows(), store.hop()), (9, 9, None));
    assert!(store.chunks().all(|(_, chunk)| chunk == 0));
    let (_, progress) = build_with(&music, &plan, &folder);
    assert_eq!((progress.computed, progress.reused), (0, 9));
    assert_eq!(bytes(&folder), before);
}

#[test]
fn the_bytes_are_the_same_for_any_threads_parts_and_places_that_rows_come_from() {
    let root = tempfile::tempdir().unwrap();
    let music = music(&root.path().join("music"));
    let (plan, at) = (chunks().0, |name: &str| root.path().join(name));
    build_with(&music, &plan, &at("whole"));
    let whole = bytes(&at("whole"));
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| build_with(&music, &plan, &at(&threads.to_string())));
        assert_eq!(bytes(&at(&threads.to_string())), whole, "{threads} threads");
    }
    let parts = [1, 2, 3].map(|part| (Shard::new(part, 3).unwrap(), at(&format!("part {part}"))));
    for (shard, folder) in &parts {
        FeatureStore::build_shard(&music, 0..10, &plan, folder, *shard, |_| ()).unwrap();
    }
    for taken in [9, 0] {
        assert_eq!(FeatureStore::merge(parts.iter().map(|(_, folder)| folder), at("merged")).unwrap(), taken);
    }
    assert_eq!(build_with(&music, &plan, &at("merged")).1.computed, 0);
    assert_eq!(bytes(&at("merged")), whole);
    for some in [vec![9, 2, 5], vec![1], vec![8, 4]] {
        let folder = at(&format!("{some:?}"));
        FeatureStore::build(&music, some, &plan, &folder, |_| ()).unwrap();
        FeatureStore::clear_cache(&folder).unwrap(); // what is published is all there is
        build_with(&music, &plan, &folder).0.verify().unwrap();
        assert_eq!(bytes(&folder), whole);
    }
}

#[test]
fn a_damaged_chunk_is_found_and_repaired() {
    let root = tempfile::tempdir().unwrap();
    let (music, folder) = (music(&root.path().join("music")), root.path().join("store"));
    let (store, _) = build_with(&music, &chunks().0, &folder);
    let (frames, bands) = store.shape();
    drop(store);
    let whole = bytes(&folder);
    let mut damaged = whole.clone();
    damaged[64 + 2 * frames * bands * 4 + 5] ^= 1; // in row 2
    fs::remove_file(published(&folder)).unwrap();
    fs::write(published(&folder), damaged).unwrap();
    let found = FeatureStore::open(&folder).unwrap().verify().unwrap_err().to_string();
    assert!(found.contains("rows 0 to 3, of track `a/0.wav`"), "{found}");
    FeatureStore::clear_cache(&folder).unwrap();
    let (_, Progress { computed, reused, .. }) = build_with(&music, &chunks().0, &folder);
    assert_eq!((computed, reused), (1, 8));
    assert_eq!(bytes(&folder), whole);
}

#[test]
fn a_whole_plan_of_a_chunks_settings_is_another_front_end() {
    let (plan, _) = chunks();
    let mel = FrontEnd::new(plan.config().clone()).unwrap();
    let root = tempfile::tempdir().unwrap();
    let music = music(&root.path().join("music"));
    let rows = build_with(&music, &mel, &root.path().join("store")).0.rows();
    assert_eq!((rows, build_with(&music, &plan, &root.path().join("store")).0.rows()), (9, 52));
}
