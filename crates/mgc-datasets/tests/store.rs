//! A feature store computes each row once, never gives a stale one, and repairs itself.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;

use mgc_audio::{Decibels, FrontEnd, MelConfig, MelSpectrogram, decode};
use mgc_datasets::{Dataset, FeatureStore, Folder, Shard, Source, extract};
use support::store::{build, build_with, bytes, mel, published, records, tones};
use support::{put, put_wav};

#[test]
fn the_rows_are_those_of_extract_in_the_order_of_the_tracks() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 6);
    let (store, progress) = build(&music, &root.path().join("store"));
    let expected = extract(&music, 0..6, &mel(), |_, _| ());
    assert_eq!((store.rows(), store.shape(), progress.computed), (6, (11, 16), 6));
    for (row, (track, spectrogram)) in expected.kept.iter().zip(&expected.spectrograms).enumerate() {
        assert_eq!(store.row(row).unwrap(), spectrogram);
        assert_eq!(store.track_ids().nth(row), Some(music.tracks()[*track].id.as_str()));
    }
    assert_eq!(store.config(), mel().config());
    store.verify().unwrap();
}

/// Independently of how a front end walks a file: decoded as a whole, then transformed.
#[test]
fn a_row_has_the_bytes_of_the_transformed_samples() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 3);
    let (store, _) = build(&music, &root.path().join("store"));
    let mel = MelSpectrogram::new(mel().config().clone()).unwrap();
    for (row, track) in music.tracks().iter().enumerate() {
        let Source::Audio(path) = &track.source else { continue };
        let expected = mel.compute(&decode(path).unwrap().samples).unwrap();
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(store.row(row).unwrap().as_slice().unwrap()), bits(expected.as_slice()));
    }
}

#[test]
fn a_row_is_a_view_that_threads_share() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 3);
    let (store, _) = build(&music, &root.path().join("store"));
    let place = |row: usize| store.row(row).unwrap().as_ptr() as usize;
    let others = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|row| scope.spawn(move || place(row))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(others, [0, 1, 2].map(place));
    assert_eq!(
        [others[1] - others[0], others[2] - others[1]],
        [11 * 16 * 4; 2],
        "one mapping, row after row"
    );
}

#[test]
fn the_second_build_decodes_nothing_and_leaves_the_file_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 6);
    let folder = root.path().join("store");
    build(&music, &folder);
    let (before, written) = (bytes(&folder), fs::metadata(published(&folder)).unwrap().modified().unwrap());
    let (_, progress) = build(&music, &folder);
    assert_eq!((progress.computed, progress.reused, progress.skipped), (0, 6, 0));
    assert_eq!(bytes(&folder), before);
    assert_eq!(fs::metadata(published(&folder)).unwrap().modified().unwrap(), written);
}

#[test]
fn a_changed_sample_is_computed_anew_and_alone_even_under_the_old_size_and_date() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 4);
    let folder = root.path().join("store");
    let before = build(&music, &folder).0.row(1).unwrap().to_owned();
    let file = root.path().join("music/fado/002.wav");
    let date = fs::metadata(&file).unwrap().modified().unwrap();
    let mut audio = fs::read(&file).unwrap();
    audio[10_001] ^= 0x40; // the high byte of a sample
    fs::write(&file, audio).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(date).unwrap();
    let (store, progress) = build(&music, &folder);
    assert_eq!((progress.computed, progress.reused), (1, 3));
    assert_ne!(store.row(1).unwrap(), before);
    assert_eq!(store.row(1).unwrap(), extract(&music, [1], &mel(), |_, _| ()).spectrograms[0]);
}

#[test]
fn every_changed_setting_is_computed_anew_and_the_old_one_is_still_there() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 2);
    let folder = root.path().join("store");
    build(&music, &folder);
    let usual = mel().config().clone();
    let decibels = Decibels { top_db: Some(79.9), ..usual.decibels.clone() };
    let changed = [
        MelConfig { hop_length: 1023, ..usual.clone() },
        MelConfig { f_min: 0.1, ..usual.clone() },
        MelConfig { f_max: 11_024.999_999_999_998, ..usual.clone() },
        MelConfig { chunk_samples: Some(11_024), ..usual.clone() },
        MelConfig { decibels, ..usual.clone() },
    ];
    for config in changed {
        let (store, progress) = build_with(&music, &FrontEnd::new(config.clone()).unwrap(), &folder);
        assert_eq!((progress.computed, store.config()), (2, &config));
        let expected = extract(&music, 0..2, &FrontEnd::new(config).unwrap(), |_, _| ());
        assert_eq!(store.row(1).unwrap(), expected.spectrograms[1]);
    }
    assert_eq!(build(&music, &folder).1.reused, 2);
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let root = tempfile::tempdir().unwrap();
    tones(&root.path().join("music"), 20);
    put(root.path(), "music/fado/broken.mp3", b"no mp3");
    let music = Folder::open(root.path().join("music")).unwrap();
    let with = |threads: usize| {
        let folder = root.path().join(threads.to_string());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| build(&music, &folder));
        bytes(&folder)
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn a_torn_or_damaged_record_is_computed_anew() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 5);
    let folder = root.path().join("store");
    build(&music, &folder);
    let whole = bytes(&folder);
    let records = records(&folder);
    assert_eq!(records.len(), 5);
    let record = fs::read(&records[0]).unwrap();
    fs::write(&records[0], &record[..record.len() - 1]).unwrap(); // torn
    fs::write(&records[1], b"").unwrap(); // lost in a power cut
    fs::copy(&records[0], &records[2]).unwrap();
    let mut damaged = fs::read(&records[3]).unwrap();
    damaged[100] ^= 1;
    fs::write(&records[3], damaged).unwrap();
    fs::remove_file(published(&folder)).unwrap();
    let (_, progress) = build(&music, &folder);
    assert_eq!((progress.computed, progress.reused), (4, 1));
    assert_eq!(bytes(&folder), whole);
}

#[test]
fn a_damaged_published_row_is_found_and_repaired() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 3);
    let folder = root.path().join("store");
    build(&music, &folder);
    let whole = bytes(&folder);
    let mut damaged = whole.clone();
    damaged[64 + 704 + 5] ^= 1; // in row 1
    fs::remove_file(published(&folder)).unwrap();
    fs::write(published(&folder), damaged).unwrap();
    let found = FeatureStore::open(&folder).unwrap().verify().unwrap_err().to_string();
    assert!(
        found.contains("rows 1 to 1, of track `fado/002.wav`") && found.contains("features.bin"),
        "{found}"
    );
    let (store, progress) = build(&music, &folder);
    assert_eq!((progress.computed, progress.reused), (0, 3)); // the cache still has it
    store.verify().unwrap();
    assert_eq!(bytes(&folder), whole);
}

#[test]
fn without_the_cache_the_published_rows_are_reused_in_any_order() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 4);
    let folder = root.path().join("store");
    let expected = [3, 1].map(|row| build(&music, &folder).0.row(row).unwrap().to_owned());
    FeatureStore::clear_cache(&folder).unwrap();
    let mut computed = 0;
    let store =
        FeatureStore::build(&music, [3, 1], &mel(), &folder, |progress| computed += progress.computed)
            .unwrap();
    assert_eq!((computed, store.rows()), (0, 2));
    assert_eq!([0, 1].map(|row| store.row(row).unwrap().to_owned()), expected);
    assert_eq!(store.kept(&music).unwrap(), [3, 1]);
    assert!(records(&folder).is_empty());
}

#[test]
fn a_file_that_moves_keeps_its_row_and_one_that_comes_joins() {
    let root = tempfile::tempdir().unwrap();
    let music = root.path().join("music");
    tones(&music, 4);
    let folder = root.path().join("store");
    build(&Folder::open(&music).unwrap(), &folder);
    fs::rename(music.join("fado/000.wav"), music.join("polka/moved.wav")).unwrap();
    put_wav(&music, "polka/new.wav", 3000.0);
    let (store, progress) = build(&Folder::open(&music).unwrap(), &folder);
    assert_eq!((progress.computed, progress.reused), (1, 4));
    let ids: Vec<_> = store.track_ids().collect();
    assert_eq!(ids, ["fado/002.wav", "polka/001.wav", "polka/003.wav", "polka/moved.wav", "polka/new.wav"]);
}

#[test]
fn bad_files_are_reported_at_every_build_and_the_rest_is_kept() {
    let root = tempfile::tempdir().unwrap();
    let music = root.path().join("music");
    tones(&music, 2);
    put(&music, "fado/empty.mp3", b"");
    put(&music, "fado/text.flac", b"these are the lyrics");
    put(&music, "polka/torn.wav", &fs::read(music.join("polka/001.wav")).unwrap()[..30]);
    let (music, folder) = (Folder::open(&music).unwrap(), root.path().join("store"));
    build(&music, &folder);
    let (store, progress) = build(&music, &folder);
    assert_eq!((progress.computed, progress.reused, progress.skipped), (0, 2, 3));
    let ids: Vec<_> = store.skipped().iter().map(|skipped| skipped.id.as_str()).collect();
    assert_eq!(ids, ["fado/empty.mp3", "fado/text.flac", "polka/torn.wav"]);
    assert_eq!(store.skipped(), extract(&music, 0..5, &mel(), |_, _| ()).skipped);
    assert_eq!(FeatureStore::open(&folder).unwrap().skipped(), store.skipped());
}

#[test]
fn another_shape_than_the_first_is_a_row_of_the_skip_report() {
    let root = tempfile::tempdir().unwrap();
    let music = root.path().join("music");
    tones(&music, 2);
    let longer = mgc_audio::Clip::new(vec![0.1; 44_100], 22_050);
    mgc_audio::write_wav(music.join("polka/001.wav"), &longer).unwrap();
    let any_length = MelConfig { chunk_samples: None, ..mel().config().clone() };
    let folder = root.path().join("store");
    let music = Folder::open(&music).unwrap();
    let (store, _) = build_with(&music, &FrontEnd::new(any_length).unwrap(), &folder);
    assert_eq!((store.rows(), store.skipped().len()), (1, 1));
    assert!(store.skipped()[0].reason.contains("(44, 16)"), "{:?}", store.skipped());
}

/// Files that are skipped, shapes that differ and rows that are there already: all shift the rows behind
/// them.
#[test]
fn the_bytes_are_the_same_wherever_the_rows_come_from() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("music");
    tones(&at, 12);
    put(&at, "fado/000 empty.mp3", b"");
    put(&at, "fado/005 lyrics.flac", b"these are the lyrics");
    for (name, level) in [("fado/007 long.wav", 0.1), ("polka/zz long.wav", 0.2)] {
        mgc_audio::write_wav(at.join(name), &mgc_audio::Clip::new(vec![level; 44_100], 22_050)).unwrap();
    }
    let any_length = FrontEnd::new(MelConfig { chunk_samples: None, ..mel().config().clone() }).unwrap();
    let music = Folder::open(&at).unwrap();
    let (store, progress) = build_with(&music, &any_length, &root.path().join("whole"));
    store.verify().unwrap();
    assert_eq!((store.rows(), store.skipped().len(), progress.computed), (12, 4, 14));
    let expected = extract(&music, 0..16, &any_length, |_, _| ());
    for (row, spectrogram) in expected.spectrograms.iter().enumerate() {
        assert_eq!(store.row(row).unwrap(), spectrogram);
    }
    let whole = bytes(&root.path().join("whole"));
    for (name, first) in [("odd", vec![1, 3, 5, 7, 9, 11, 13, 15]), ("last", vec![15, 14]), ("none", vec![])]
    {
        let folder = root.path().join(name);
        FeatureStore::build(&music, first, &any_length, &folder, |_| ()).unwrap();
        FeatureStore::clear_cache(&folder).unwrap(); // what is published is all there is
        build_with(&music, &any_length, &folder).0.verify().unwrap();
        assert_eq!(bytes(&folder), whole, "{name}");
        fs::remove_file(published(&folder)).unwrap(); // the cache is all there is
        build_with(&music, &any_length, &folder).0.verify().unwrap();
        assert_eq!(bytes(&folder), whole, "{name}");
    }
}

#[test]
fn a_row_whose_track_is_gone_from_the_dataset_is_named() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 4);
    let (store, _) = build(&music, &root.path().join("store"));
    fs::remove_file(root.path().join("music/fado/002.wav")).unwrap();
    let message = store.kept(&Folder::open(root.path().join("music")).unwrap()).unwrap_err().to_string();
    assert!(message.contains("`fado/002.wav`"), "{message}");
}

#[test]
fn no_tracks_and_unknown_tracks_make_a_store_without_rows() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 2);
    let folder = root.path().join("store");
    let store = FeatureStore::build(&music, [], &mel(), &folder, |_| ()).unwrap();
    assert_eq!((store.rows(), store.shape()), (0, (0, 0)));
    assert!(store.row(0).is_err());
    drop(store); // some systems do not replace a mapped file
    let store = FeatureStore::build(&music, [7], &mel(), &folder, |_| ()).unwrap();
    assert_eq!((store.rows(), store.skipped()[0].id.as_str()), (0, "track 7"));
}

#[test]
fn shards_of_one_folder_and_of_their_own_make_the_file_of_one_build() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 10);
    let at = |name: &str| root.path().join(name);
    build(&music, &at("whole"));
    for part in 1..=3 {
        for folder in [at("shared"), at(&format!("part {part}"))] {
            let shard = Shard::new(part, 3).unwrap();
            FeatureStore::build_shard(&music, 0..10, &mel(), folder, shard, |_| ()).unwrap();
        }
    }
    assert!(!published(&at("shared")).exists());
    let parts = ["part 1", "part 2", "part 3"].map(at);
    assert_eq!(FeatureStore::merge(&parts, at("merged")).unwrap(), 10);
    assert_eq!(FeatureStore::merge(&parts, at("merged")).unwrap(), 0);
    for folder in ["shared", "merged"].map(at) {
        let (_, progress) = build(&music, &folder);
        assert_eq!((progress.computed, progress.reused), (0, 10));
        assert_eq!(bytes(&folder), bytes(&at("whole")));
    }
}

#[test]
fn merging_what_is_no_store_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let error = FeatureStore::merge([root.path().join("nothing")], root.path().join("store")).unwrap_err();
    assert!(error.to_string().contains("nothing"), "{error}");
}

#[test]
fn progress_counts_every_track_once_and_upwards() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 12);
    let mut seen = Vec::new();
    let folder = root.path().join("store");
    FeatureStore::build(&music, 0..12, &mel(), &folder, |progress| seen.push(*progress)).unwrap();
    assert_eq!(seen.iter().map(|progress| progress.done).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    assert!(seen.iter().all(|progress| progress.total == 12 && progress.computed == progress.done));
    assert_eq!(seen[11].remaining, Some(std::time::Duration::ZERO));
}

#[test]
#[cfg(unix)]
fn an_open_store_keeps_its_rows_when_another_build_replaces_the_file() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 3);
    let folder = root.path().join("store");
    let old = build(&music, &folder).0;
    let expected = old.row(2).unwrap().to_owned();
    let other = FrontEnd::new(MelConfig { n_mels: 8, ..mel().config().clone() }).unwrap();
    build_with(&music, &other, &folder);
    assert_eq!(old.row(2).unwrap(), expected);
    assert_eq!(FeatureStore::open(&folder).unwrap().shape(), (11, 8));
}

#[test]
fn what_a_killed_process_left_is_removed_after_an_hour_and_not_before() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 2);
    let folder = root.path().join("store");
    for name in ["tmp/00000000000000a0", "tmp/00000000000000a1", "tmp/00000000000000a2/ab/row"] {
        put(&folder, name, b"half a row");
    }
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(3700);
    fs::File::options()
        .write(true)
        .open(folder.join("tmp/00000000000000a0"))
        .unwrap()
        .set_modified(past)
        .unwrap();
    #[cfg(unix)] // a cache on its way out; elsewhere a folder is no file
    fs::File::open(folder.join("tmp/00000000000000a2")).unwrap().set_modified(past).unwrap();
    #[cfg(not(unix))]
    fs::remove_dir_all(folder.join("tmp/00000000000000a2")).unwrap();
    build(&music, &folder);
    let left: Vec<_> =
        fs::read_dir(folder.join("tmp")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["00000000000000a1"]);
}

#[test]
fn emptying_the_cache_of_what_is_no_store_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    FeatureStore::clear_cache(root.path().join("nothing")).unwrap();
    assert!(!root.path().join("nothing").exists());
}

#[test]
fn a_build_goes_on_while_the_cache_is_emptied_again_and_again() {
    let root = tempfile::tempdir().unwrap();
    let music = tones(&root.path().join("music"), 30);
    build(&music, &root.path().join("whole"));
    let folder = root.path().join("store");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                FeatureStore::clear_cache(&folder).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        let builds = || (0..10).map(|_| build(&music, &folder).0.rows()).collect::<Vec<_>>();
        let rows = std::panic::catch_unwind(std::panic::AssertUnwindSafe(builds));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(rows.unwrap(), [30; 10]);
    });
    assert_eq!(bytes(&folder), bytes(&root.path().join("whole")));
}
