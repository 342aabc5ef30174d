//! Artists and albums on several sides, by the tags of real files.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::path::Path;

use mgc_audio::{Clip, write_wav};
use mgc_datasets::{Source, Split, SplitIndices, Track, crossing_tags};

/// A wav file with these tags, in a `LIST` chunk before the data.
fn tagged(folder: &Path, name: &str, artist: &str, album: &str) -> Track {
    let path = folder.join(name);
    write_wav(&path, &Clip::new(vec![0.0; 100], 8000)).unwrap();
    let file = std::fs::read(&path).unwrap();
    let tag = |id: &[u8; 4], text: &str| {
        let padded = text.len().next_multiple_of(2);
        let mut tag = [&id[..], &(padded as u32).to_le_bytes(), text.as_bytes()].concat();
        tag.resize(8 + padded, 0);
        tag
    };
    let info = [b"INFO".to_vec(), tag(b"IART", artist), tag(b"IPRD", album)].concat();
    let list = [&b"LIST"[..], &(info.len() as u32).to_le_bytes(), &info].concat();
    std::fs::write(&path, [&file[..36], &list, &file[36..]].concat()).unwrap();
    Track { id: name.into(), genre: Some(0), group: None, split: None, source: Source::Audio(path) }
}

#[test]
fn an_artist_and_an_album_on_two_sides_are_named_and_one_side_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let track = |name: &str, artist: &str, album: &str| tagged(folder.path(), name, artist, album);
    let tracks = [
        track("a.wav", "Ana", "Mar"),
        track("b.wav", "Ana", "Mar"),
        track("c.wav", "Ana", "Rio"),
        track("d.wav", "Rui", "Mar"),
        track("e.wav", "Rui", "Mar"),
    ];
    let split = SplitIndices::new(&tracks, &[0, 3, 4], &[2], &[1]).unwrap();
    assert_eq!(
        crossing_tags(&tracks, &split),
        [
            ("artist Ana".to_string(), vec![Split::Train, Split::Valid, Split::Test]),
            ("album Mar by Ana".to_string(), vec![Split::Train, Split::Test]),
        ]
    );
}

#[test]
fn files_without_tags_and_broken_ones_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tracks = vec![tagged(folder.path(), "a.wav", "", ""), tagged(folder.path(), "b.wav", "", "")];
    std::fs::write(folder.path().join("c.mp3"), "not music").unwrap();
    tracks.push(Track { source: Source::Audio(folder.path().join("c.mp3")), ..tracks[0].clone() });
    tracks.push(Track { source: Source::Row(3), ..tracks[0].clone() });
    let split = SplitIndices::new(&tracks, &[0, 2], &[1], &[3]).unwrap();
    assert_eq!(crossing_tags(&tracks, &split), []);
}
