//! Every kind of finding, on miniatures of the published layouts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_datasets::{Folder, Problem, Verification, verify, verify_dataset};
use support::fma::table;
use support::{fixture, put, put_clip};

/// The ids of one kind of finding.
fn of(report: &Verification, problem: Problem) -> Vec<&str> {
    let of_kind = report.findings.iter().filter(|finding| finding.problem == problem);
    of_kind.map(|finding| finding.id.as_str()).collect()
}

/// Keeps the first part of a file.
fn truncate(root: &Path, file: &str, bytes: usize) {
    let whole = fs::read(root.join(file)).unwrap();
    fs::write(root.join(file), &whole[..bytes]).unwrap();
}

fn put_fma(root: &Path) {
    let tracks = [2, 3, 5, 10, 20, 98_567, 99_134, 108_925];
    let rows = tracks.map(|track| (track, 1, "training", "small", "Hip-Hop"));
    put(root, "fma_metadata/tracks.csv", table(&rows).as_bytes());
    put_clip(root, "fma_small/000/000002.mp3", 30.0);
    put_clip(root, "fma_small/000/000003.mp3", 29.9);
    put_clip(root, "fma_small/000/000005.mp3", 27.0);
    put(root, "fma_small/000/000010.mp3", b"");
    put_clip(root, "fma_small/098/098567.mp3", 0.5);
    put(root, "fma_small/099/099134.mp3", b"");
    put_clip(root, "fma_small/000/000007.mp3", 0.5);
    put(root, "fma_small/000/._000002.mp3", b"\x00\x05\x16\x07");
    put(root, "fma_small/README.txt", b"");
}

#[test]
fn short_empty_missing_and_extra_clips_are_told_apart_and_known_faults_from_new_ones() {
    let root = tempfile::tempdir().unwrap();
    put_fma(root.path());
    let report = verify("fma", root.path()).unwrap();
    assert_eq!(report.tracks, 6);
    assert_eq!(of(&report, Problem::Missing), ["000020"]);
    assert_eq!(of(&report, Problem::Corrupt), ["000005", "000010"]);
    assert_eq!(of(&report, Problem::KnownBad), ["108925", "098567", "099134"]);
    assert_eq!(of(&report, Problem::Extra), ["000/000007.mp3"]);
    assert_eq!(report.count(Problem::Checksum), 0);
    let short = report.findings.iter().find(|finding| finding.id == "000005").unwrap();
    assert_eq!(short.to_string(), "corrupt: 000005: 27.0 s of 30 s");
    assert_eq!(short.path.as_deref(), Some(root.path().join("fma_small/000/000005.mp3").as_path()));
}

#[test]
fn sha1_checksums_of_fma_are_computed_where_they_are_published() {
    let root = tempfile::tempdir().unwrap();
    put_fma(root.path());
    let empty = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let other = "6976e70271234351250ada3fc49c5afd69ba9864";
    let list = format!(
        "{empty}  000/000010.mp3\n{empty} *000/000002.mp3\n{other}  099/099134.mp3\n{empty}  README.txt\n"
    );
    put(root.path(), "fma_small/checksums", list.as_bytes());
    let report = verify("fma", root.path()).unwrap();
    assert_eq!(report.checksums, 1);
    assert_eq!(of(&report, Problem::Checksum), ["000002", "099134"], "a known fault has known bytes too");
    let detail = &report.findings.iter().find(|finding| finding.problem == Problem::Checksum).unwrap().detail;
    assert!(detail.contains(empty), "{detail}");
}

#[test]
fn md5_checksums_of_the_ballroom_list_are_computed() {
    let root = tempfile::tempdir().unwrap();
    let list = r#"<ballroom><Waltz>
        <song id="1" hash="D41D8CD98F00B204E9800998ECF8427E"/><song id="2" hash="00"/><song id="3"/>
    </Waltz></ballroom>"#;
    put(root.path(), "extendedballroom_v1.1.xml", list.as_bytes());
    put(root.path(), "Waltz/1.mp3", b"");
    put_clip(root.path(), "Waltz/2.mp3", 30.0);
    put_clip(root.path(), "Waltz/3.mp3", 30.0);
    let report = verify("extended-ballroom", root.path()).unwrap();
    assert_eq!(report.checksums, 1);
    assert_eq!(of(&report, Problem::Checksum), ["2"]);
    assert_eq!(of(&report, Problem::Corrupt), ["1"]);
}

#[test]
fn gtzan_misses_what_is_not_there_and_knows_its_damaged_clip() {
    let root = tempfile::tempdir().unwrap();
    for clip in ["jazz.00053", "jazz.00054", "jazz.00055"] {
        put_clip(root.path(), &format!("genres/jazz/{clip}.wav"), 30.0);
        if clip != "jazz.00055" {
            truncate(root.path(), &format!("genres/jazz/{clip}.wav"), 40);
        }
    }
    for clutter in ["bl.mf", ".DS_Store", "jazz/._jazz.00055.wav"] {
        put(&root.path().join("genres"), clutter, b"");
    }
    put_clip(root.path(), "genres/jazz/jazz.00055.au", 30.0);
    put(root.path(), "genres/jazz/jazz.00100 (1).wav", b"");
    let report = verify("gtzan", root.path()).unwrap();
    assert_eq!((report.tracks, report.count(Problem::Missing)), (3, 997));
    assert_eq!(of(&report, Problem::Corrupt), ["jazz.00053"]);
    assert_eq!(of(&report, Problem::KnownBad), ["jazz.00054"]);
    assert_eq!(of(&report, Problem::Extra), ["jazz/jazz.00055.au", "jazz/jazz.00100 (1).wav"]);
}

#[test]
fn own_music_has_any_length_but_must_decode_and_lie_in_a_genre() {
    let root = tempfile::tempdir().unwrap();
    put_clip(root.path(), "fado/a.mp3", 0.5);
    put_clip(root.path(), "polka/b.mp3", 2.0);
    put(root.path(), "polka/c.mp3", b"<html>not found</html>");
    put(root.path(), "loose.mp3", b"");
    let steps = AtomicUsize::new(0);
    let report = verify_dataset(&Folder::open(root.path()).unwrap(), |_, of| {
        assert_eq!(of, 3);
        steps.fetch_add(1, Ordering::Relaxed);
    });
    let report = report.unwrap();
    assert_eq!(steps.into_inner(), 3);
    assert_eq!(of(&report, Problem::Corrupt), ["polka/c.mp3"]);
    assert_eq!(of(&report, Problem::Extra), ["loose.mp3"]);
    assert_eq!(report.findings.len(), 2);
}

#[test]
fn finished_spectrograms_are_read_row_by_row() {
    let report = verify("arrays", fixture("f32_genre_ids_split.npz")).unwrap();
    assert!(report.tracks > 0);
    assert_eq!(report.findings, []);
}
