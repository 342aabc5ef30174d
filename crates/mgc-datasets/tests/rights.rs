//! What may not be read is an error with its path, never passed over.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use mgc_datasets::{Error, find_audio, open, verify};
use std::path::Path;
use support::put;
use support::rights::{rights_hold, set_rights};

/// Not at all; to list but not to enter.
const CLOSED: [u32; 2] = [0o000, 0o444];

/// Asserts that the dataset cannot be opened while a folder is closed, and that the error names the folder or
/// something in it.
fn named_when_closed(dataset: &str, root: &Path, folder: &str) {
    open(dataset, root).unwrap();
    let closed = root.join(folder);
    for rights in CLOSED {
        set_rights(&closed, rights);
        let opened = open(dataset, root).map(|dataset| dataset.tracks().len());
        set_rights(&closed, 0o755);
        match opened {
            Err(Error::Io { path, source }) => {
                assert!(
                    path.starts_with(&closed),
                    "{rights:o}: {} instead of {}",
                    path.display(),
                    closed.display()
                );
                assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
            }
            other => panic!("{dataset}, {folder} with rights {rights:o}: {other:?}"),
        }
    }
}

#[test]
fn a_closed_subfolder_of_ones_own_music_is_an_error_with_its_path() {
    if rights_hold("a_closed_subfolder_of_ones_own_music_is_an_error_with_its_path") {
        let root = tempfile::tempdir().unwrap();
        for file in ["fado/a.mp3", "fado/album/disc/b.mp3", "polka/a.mp3", "waltz/a.mp3"] {
            put(root.path(), file, b"");
        }
        for folder in ["fado/album/disc", "fado/album", "waltz", ""] {
            named_when_closed("folder", root.path(), folder);
        }
    }
}

#[test]
fn a_closed_folder_of_a_published_dataset_is_an_error_with_its_path() {
    if rights_hold("a_closed_folder_of_a_published_dataset_is_an_error_with_its_path") {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "gtzan/genres/jazz/jazz.00001.wav",
            "gtzan/genres/pop/pop.00001.wav",
            "homburg/jazz/a-b.mp3",
            "homburg/pop/a-b.mp3",
        ] {
            put(root.path(), file, b"");
        }
        for folder in ["genres/pop", "genres"] {
            named_when_closed("gtzan", &root.path().join("gtzan"), folder);
        }
        for folder in ["pop", ""] {
            named_when_closed("homburg", &root.path().join("homburg"), folder);
        }
    }
}

#[test]
fn a_closed_class_of_the_ballroom_set_is_an_error_with_its_path() {
    if rights_hold("a_closed_class_of_the_ballroom_set_is_an_error_with_its_path") {
        let root = tempfile::tempdir().unwrap();
        let list = r#"<ballroom><Waltz><song id="2"/></Waltz><Tango><song id="3"/></Tango></ballroom>"#;
        put(root.path(), "extendedballroom_v1.1.xml", list.as_bytes());
        for clip in ["Waltz/2.mp3", "Tango/3.mp3"] {
            put(root.path(), clip, b"");
        }
        let closed = root.path().join("Tango");
        set_rights(&closed, 0o444);
        let error = open("extended-ballroom", root.path()).map(|_| ()).unwrap_err();
        set_rights(&closed, 0o755);
        assert!(matches!(&error, Error::Io { path, .. } if path.starts_with(&closed)), "{error}");
    }
}

#[test]
fn a_search_for_music_tells_of_every_closed_folder_and_goes_on() {
    if rights_hold("a_search_for_music_tells_of_every_closed_folder_and_goes_on") {
        let root = tempfile::tempdir().unwrap();
        for file in ["a/1.mp3", "b/c/2.mp3", "d/3.mp3"] {
            put(root.path(), file, b"");
        }
        for rights in CLOSED {
            set_rights(&root.path().join("b/c"), rights);
            let found: Vec<_> = find_audio(root.path()).collect();
            set_rights(&root.path().join("b/c"), 0o755);
            assert_eq!(found.iter().filter(|file| file.is_ok()).count(), 2, "{rights:o}: {found:?}");
            let errors: Vec<_> = found.iter().filter_map(|file| file.as_ref().err()).collect();
            assert!(
                matches!(&errors[..], [Error::Io { path, .. }] if path.starts_with(root.path().join("b/c"))),
                "{errors:?}"
            );
        }
    }
}

#[test]
fn a_file_that_may_not_be_read_is_found_and_told_as_corrupt() {
    if rights_hold("a_file_that_may_not_be_read_is_found_and_told_as_corrupt") {
        let root = tempfile::tempdir().unwrap();
        for file in ["fado/a.mp3", "polka/b.mp3"] {
            put(root.path(), file, b"no music");
        }
        set_rights(&root.path().join("polka/b.mp3"), 0o000);
        let report = verify("folder", root.path()).unwrap();
        let told = report.findings.iter().find(|finding| finding.id == "polka/b.mp3").unwrap();
        assert!(told.detail.to_lowercase().contains("permission denied"), "{told}");
    }
}
