//! Music anywhere below a folder.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_datasets::{AUDIO_EXTENSIONS, Dataset, Error, Folder, find_audio};
use std::fs;
use std::path::{Path, PathBuf};

fn touch(root: &Path, files: &[&str]) {
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

fn found(root: &Path) -> Vec<PathBuf> {
    let files = find_audio(root).map(|file| file.unwrap().strip_prefix(root).unwrap().to_path_buf());
    files.collect()
}

#[test]
fn hidden_files_and_other_files_are_left_out() {
    let root = tempfile::tempdir().unwrap();
    touch(root.path(), &["a.ogg", ".b.mp3", ".c/d.wav", "e/.f.wav", "e/g.txt", "e/h.M4A", "e/wav"]);
    assert_eq!(found(root.path()), ["a.ogg", "e/h.M4A"].map(PathBuf::from));
}

#[test]
fn a_hidden_folder_that_is_asked_for_is_searched() {
    let root = tempfile::tempdir().unwrap();
    touch(root.path(), &[".music/a.ogg"]);
    assert_eq!(found(&root.path().join(".music")), ["a.ogg"].map(PathBuf::from));
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_with_its_path() {
    let root = tempfile::tempdir().unwrap();
    let missing = root.path().join("missing");
    let results: Vec<_> = find_audio(&missing).collect();
    assert!(matches!(&results[..], [Err(Error::Io { path, .. })] if *path == missing), "{results:?}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_unless_they_are_broken_or_lead_round_in_a_circle() {
    use std::os::unix::fs::symlink;

    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    touch(elsewhere.path(), &["song.flac"]);
    touch(root.path(), &["album/a.ogg"]);
    symlink(elsewhere.path(), root.path().join("linked")).unwrap();
    symlink(root.path(), root.path().join("album/circle")).unwrap();
    symlink("nothing.wav", root.path().join("broken.wav")).unwrap();
    assert_eq!(found(root.path()), ["album/a.ogg", "linked/song.flac"].map(PathBuf::from));
}

#[test]
fn folders_and_datasets_find_music_by_the_same_endings() {
    let root = tempfile::tempdir().unwrap();
    let files: Vec<String> = AUDIO_EXTENSIONS.iter().map(|ending| format!("fado/a.{ending}")).collect();
    touch(root.path(), &files.iter().map(String::as_str).collect::<Vec<_>>());
    touch(root.path(), &["polka/b.WEBM", "polka/cover.jpg", "polka/list.m3u"]);
    let (mut found, mut expected) = (found(root.path()), files);
    expected.push("polka/b.WEBM".into());
    expected.sort();
    found.sort();
    assert_eq!(found, expected.iter().map(PathBuf::from).collect::<Vec<_>>());
    assert_eq!(Folder::open(root.path()).unwrap().tracks().len(), expected.len());
    let decoded = "wav w64 rf64 mp3 mp2 flac ogg oga opus au m4a mp4 aac aif aiff aifc caf mka mkv webm weba";
    assert!(decoded.split(' ').all(|ending| AUDIO_EXTENSIONS.contains(&ending)));
    assert!(AUDIO_EXTENSIONS.iter().all(|ending| *ending == ending.to_lowercase()));
}
