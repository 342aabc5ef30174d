//! Chunks: as many as fit, each of its track, at the settings of whole tracks.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::path::Path;

use mgc_audio::{ChunkConfig, Clip, Error, FrontEnd, MelConfig, MelSpectrogram, write_wav};
use mgc_datasets::{Dataset, Features, Folder, extract};

/// A folder dataset of two genres with clips of these lengths, samples.
fn music(root: &Path, lengths: &[usize]) -> Folder {
    for (index, length) in lengths.iter().enumerate() {
        let folder = root.join(["a", "b"][index % 2]);
        std::fs::create_dir_all(&folder).unwrap();
        let samples = (0..*length as u32).map(|n| (n.wrapping_mul(n) % 997) as f32 / 997.0 - 0.5).collect();
        write_wav(folder.join(format!("{index}.wav")), &Clip::new(samples, 22_050)).unwrap();
    }
    Folder::open(root).unwrap()
}

fn extract_chunks(music: &Folder, tracks: impl IntoIterator<Item = usize>, config: &ChunkConfig) -> Features {
    extract(music, tracks, &FrontEnd::chunked(&MelConfig::default(), config).unwrap(), |_, _| ())
}

#[test]
fn a_gtzan_clip_gives_nineteen_and_a_short_one_gives_one() {
    let root = tempfile::tempdir().unwrap();
    let music = music(root.path(), &[661_794, 1000, 66_150, 99_224, 99_225]);
    let chunks = extract_chunks(&music, 0..5, &ChunkConfig::default());
    let count = |name: &str| {
        let index = music.tracks().iter().position(|track| track.id.ends_with(name)).unwrap();
        chunks.kept.iter().filter(|kept| **kept == index).count()
    };
    assert_eq!(["0.wav", "1.wav", "2.wav", "3.wav", "4.wav"].map(count), [19, 1, 1, 1, 2]);
    assert!(chunks.kept.is_sorted() && chunks.skipped.is_empty());
    assert!(chunks.spectrograms.iter().all(|chunk| chunk.dim() == (65, 128)));
}

#[test]
fn a_chunk_is_the_spectrogram_of_its_samples() {
    let root = tempfile::tempdir().unwrap();
    let music = music(root.path(), &[30_000, 10]);
    let config = ChunkConfig { seconds: 0.5, hop_seconds: 0.2 };
    let chunks = extract_chunks(&music, [0], &config);
    let samples = mgc_audio::decode(root.path().join("a/0.wav")).unwrap().samples;
    let mel = MelSpectrogram::new(MelConfig::default()).unwrap();
    assert_eq!(chunks.spectrograms.len(), 1 + (30_000 - 11_025) / 4410);
    for (index, chunk) in chunks.spectrograms.iter().enumerate() {
        let expected = mel.compute(&samples[index * 4410..index * 4410 + 11_025]).unwrap();
        assert_eq!(chunk.view(), expected.view());
    }
}

#[test]
fn what_cannot_be_cut_is_reported() {
    let root = tempfile::tempdir().unwrap();
    let music = music(root.path(), &[30_000, 10]);
    std::fs::write(root.path().join("a/0.wav"), "gone").unwrap();
    let chunks = extract_chunks(&music, 0..9, &ChunkConfig::default());
    assert_eq!((chunks.kept, chunks.skipped[0].id.as_str()), (vec![1], "a/0.wav"));
    for (seconds, hop_seconds) in [(0.0, 1.0), (3.0, 0.0), (-1.0, 1.0), (f64::NAN, 1.0), (3.0, 4000.0)] {
        let config = ChunkConfig { seconds, hop_seconds };
        let result = FrontEnd::chunked(&MelConfig::default(), &config);
        assert!(matches!(result, Err(Error::Config { .. })), "{config:?}");
    }
}

#[test]
fn a_track_counts_once_however_many_chunks_it_has() {
    let root = tempfile::tempdir().unwrap();
    let music = music(root.path(), &[132_300, 66_150]);
    let seen = std::sync::Mutex::new(Vec::new());
    let front_end = FrontEnd::chunked(&MelConfig::default(), &ChunkConfig::default()).unwrap();
    let features =
        extract(&music, [0, 1], &front_end, |done, total| seen.lock().unwrap().push((done, total)));
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!((features.kept, seen), (vec![0, 0, 0, 1], vec![(1, 2), (2, 2)]));
}
