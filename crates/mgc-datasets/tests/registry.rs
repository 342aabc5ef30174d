//! One contract for every dataset in the registry; a new row without a fixture here fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{
    Dataset, Error, Problem, REGISTRY, Source, SplitConfig, Synthetic, SyntheticConfig, extract, open, split,
    verify_dataset,
};
use support::{fixture, fma, put, put_wav};

/// A small dataset of each kind, of at least two genres and without bad files.
fn build(name: &str, root: &Path) {
    match name {
        "gtzan" => {
            put_wav(root, "genres/blues/blues.00000.wav", 220.0);
            put_wav(root, "genres/rock/rock.00001.wav", 330.0);
            put(root, "genres/bl.mf", b"clutter");
        }
        "fma" => {
            put(root, "fma_metadata/tracks.csv", fma::table(&fma::FIRST).as_bytes());
            put_wav(root, "fma_small/000/000002.mp3", 220.0);
            put_wav(root, "fma_small/000/000010.mp3", 330.0);
        }
        "homburg" => {
            put_wav(root, "jazz/A_Quartet-Blue.mp3", 220.0);
            put_wav(root, "rock/The_Band-Song-2.mp3", 330.0);
        }
        "extended-ballroom" => {
            let list =
                "<ballroom><Waltz><song id=\"100601\"/></Waltz><Salsa><song id=\"2\"/></Salsa></ballroom>";
            put(root, "extendedballroom_v1.1.xml", list.as_bytes());
            put_wav(root, "Waltz/100601.mp3", 220.0);
            put_wav(root, "Salsa/2.mp3", 330.0);
        }
        "folder" => {
            put_wav(root, "fado/album/one.wav", 220.0);
            put_wav(root, "polka/two.wav", 330.0);
        }
        "arrays" => {
            fs::copy(fixture("f32_genre_ids_split.npz"), root.join("mels.npz")).unwrap();
        }
        "synthetic" => {
            let tiny = SyntheticConfig { seconds: 0.5, train: 2, valid: 1, test: 1, ..Default::default() };
            Synthetic::write(root, &tiny, |_, _| ()).unwrap();
        }
        other => panic!("`{other}` has no fixture in this test"),
    }
}

/// Runs a check on every dataset of the registry.
fn for_each_dataset(check: impl Fn(&dyn Dataset)) {
    for entry in REGISTRY {
        let root = tempfile::tempdir().unwrap();
        build(entry.info.name, root.path());
        let dataset = open(entry.info.name, root.path()).unwrap();
        assert_eq!(dataset.info(), &entry.info);
        check(dataset.as_ref());
    }
}

#[test]
fn names_are_unique_and_descriptions_complete() {
    let names: BTreeSet<_> = REGISTRY.iter().map(|entry| entry.info.name).collect();
    assert_eq!(names.len(), REGISTRY.len());
    for info in REGISTRY.iter().map(|entry| entry.info) {
        assert!(info.name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'));
        assert!(![info.about, info.layout, info.licence, info.notes].contains(&""), "{}", info.name);
        let published = info.published_tracks().is_some();
        assert_eq!(info.clip_seconds.is_some(), published, "{}", info.name);
        assert_eq!(!info.citation.is_empty() && !info.homepage.is_empty(), published, "{}", info.name);
    }
}

#[test]
fn published_numbers_of_tracks_are_those_of_the_papers() {
    let published = |name: &str| {
        REGISTRY.iter().find(|entry| entry.info.name == name).and_then(|entry| entry.info.published_tracks())
    };
    for (name, tracks) in [("gtzan", 1000), ("fma", 8000), ("homburg", 1886), ("extended-ballroom", 4180)] {
        assert_eq!(published(name), Some(tracks), "{name}");
    }
    assert_eq!(published("folder"), None);
}

#[test]
fn a_published_dataset_keeps_its_genres_in_order_however_little_of_it_lies_there() {
    for_each_dataset(|dataset| {
        let genres: Vec<_> = dataset.info().genres.iter().map(|(name, _)| *name).collect();
        assert!(genres.is_empty() || genres == dataset.genres());
    });
}

#[test]
fn verification_looks_at_every_track_and_finds_nothing_extra() {
    for_each_dataset(|dataset| {
        let report = verify_dataset(dataset, |_, _| ()).unwrap();
        assert_eq!(report.tracks, dataset.tracks().len());
        assert_eq!(report.count(Problem::Extra), 0, "{:?}", report.findings);
        // the fixtures last half a second
        let short = if dataset.info().clip_seconds.is_some() { report.tracks } else { 0 };
        assert_eq!(report.count(Problem::Corrupt), short, "{:?}", report.findings);
    });
}

#[test]
fn an_empty_or_absent_folder_is_an_error_that_tells_the_layout() {
    let root = tempfile::tempdir().unwrap();
    for entry in REGISTRY.iter().filter(|entry| entry.info.published_tracks().is_some()) {
        for below in ["", "absent"] {
            let error = open(entry.info.name, root.path().join(below)).err().unwrap();
            assert!(matches!(error, Error::Layout { .. }), "{error}");
            assert!(error.to_string().contains(entry.info.layout), "{error}");
        }
    }
}

#[test]
fn ids_are_unique_and_labels_in_range() {
    for_each_dataset(|dataset| {
        let ids: BTreeSet<_> = dataset.tracks().iter().map(|track| &track.id).collect();
        assert_eq!(ids.len(), dataset.tracks().len());
        assert!(!ids.is_empty());
        let genres = dataset.genres().len();
        assert!(dataset.tracks().iter().filter_map(|track| track.genre).all(|genre| genre < genres));
        assert_eq!(dataset.genres().iter().collect::<BTreeSet<_>>().len(), genres);
        assert_eq!(
            dataset.counts().iter().sum::<usize>(),
            dataset.tracks().iter().filter(|track| track.genre.is_some()).count()
        );
    });
}

#[test]
fn every_track_gives_a_spectrogram() {
    let mel = FrontEnd::new(MelConfig::quick()).unwrap();
    for_each_dataset(|dataset| {
        let features = extract(dataset, 0..dataset.tracks().len(), &mel, |_, _| ());
        assert_eq!(features.skipped, []);
        assert_eq!(features.kept, (0..dataset.tracks().len()).collect::<Vec<_>>());
    });
}

#[test]
fn rows_belong_to_row_sources_and_to_nothing_else() {
    for_each_dataset(|dataset| {
        let of_rows = dataset.tracks().iter().all(|track| matches!(track.source, Source::Row(_)));
        match dataset.spectrogram(0) {
            Ok(_) => assert!(of_rows),
            Err(error) => assert!(!of_rows && matches!(error, Error::NoRows { .. }), "{error}"),
        }
        assert!(dataset.spectrogram(dataset.tracks().len()).is_err());
    });
}

#[test]
fn splits_cover_every_dataset() {
    for_each_dataset(|dataset| {
        let parts = split(dataset.tracks(), &SplitConfig::default()).unwrap();
        assert_eq!(parts.train().len() + parts.valid().len() + parts.test().len(), dataset.tracks().len());
    });
}

#[test]
fn a_text_file_is_no_dataset_and_the_error_names_it() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "notes.txt", b"hello");
    for entry in REGISTRY {
        let error = open(entry.info.name, root.path().join("notes.txt")).err().unwrap();
        assert!(error.to_string().contains("notes.txt"), "{}: {error}", entry.info.name);
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones_and_suggests_a_near_one() {
    for (slip, near) in [("gtzn", Some("gtzan")), ("Arrays", Some("arrays")), ("xyz", None)] {
        let error = open(slip, "").err().unwrap();
        let Error::UnknownDataset { suggestion, known, .. } = &error else { panic!("{error}") };
        assert_eq!(*suggestion, near);
        assert_eq!(known.len(), REGISTRY.len());
        assert_eq!(error.to_string().contains("did you mean"), near.is_some(), "{error}");
    }
}
