//! The front end against decoding, resampling and transforming step by step.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{io::Cursor, path::PathBuf, sync::atomic::Ordering, time::Duration};

use common::{counting::Counting, fixture};
use mgc_audio::{
    Blocks, ChunkConfig, Clip, Error, FrontEnd, MelConfig, MelSpectrogram, Spectrogram, Spectrograms, chunks,
    decode,
};

/// Every fixture that decodes.
fn sounds() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path());
    folder.filter(|path| decode(path).is_ok()).collect()
}

fn small() -> MelConfig {
    MelConfig {
        sample_rate: 16_000,
        n_fft: 512,
        hop_length: 160,
        n_mels: 20,
        f_max: 8000.0,
        chunk_samples: Some(2000),
        ..MelConfig::default()
    }
}

/// The chunks of a clip, step by step.
fn by_hand(clip: Clip, config: &MelConfig, hop: usize) -> Vec<Spectrogram> {
    let samples = clip.resampled(config.sample_rate).unwrap().samples;
    let mel = MelSpectrogram::new(config.clone()).unwrap();
    let length = config.chunk_samples.unwrap_or(samples.len());
    chunks(&samples, length, hop).map(|chunk| mel.compute(chunk).unwrap()).collect()
}

fn all(spectrograms: Spectrograms<'_>) -> Vec<Spectrogram> {
    spectrograms.map(Result::unwrap).collect()
}

/// `.au` of 16-bit samples, 440 bytes a millisecond at 44.1 kHz: far more than a block.
fn au(rate: u32, samples: impl Iterator<Item = i16>) -> Vec<u8> {
    let header = [u32::from_be_bytes(*b".snd"), 24, u32::MAX, 3, rate, 1];
    let header = header.iter().flat_map(|word| word.to_be_bytes());
    header.chain(samples.flat_map(i16::to_be_bytes)).collect()
}

fn noise(len: u32) -> impl Iterator<Item = i16> {
    (0..len).map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 18) as i16)
}

#[test]
fn every_format_gives_the_values_of_the_steps_one_by_one() {
    assert!(sounds().len() > 20);
    let whole = MelConfig { chunk_samples: None, ..small() };
    let front_ends = [
        FrontEnd::new(whole.clone()),
        FrontEnd::new(small()),
        FrontEnd::new(small()).unwrap().with_hop(1500),
    ];
    let [whole_only, first, every] = front_ends.map(Result::unwrap);
    for path in sounds() {
        let clip = decode(&path).unwrap();
        let chunks = by_hand(clip.clone(), &small(), 1500);
        assert!(all(whole_only.file(&path).unwrap()) == by_hand(clip, &whole, 1), "{}", path.display());
        assert!(all(first.file(&path).unwrap()) == chunks[..1], "{}", path.display());
        assert!(all(every.file(&path).unwrap()) == chunks, "{}", path.display());
    }
}

#[test]
fn file_reader_blocks_clip_and_samples_give_the_same() {
    let bytes = au(44_100, noise(30_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.au");
    std::fs::write(&path, &bytes).unwrap();
    let clip = decode(&path).unwrap();
    let front_end = FrontEnd::new(small()).unwrap().with_hop(1000).unwrap();
    let expected = by_hand(clip.clone(), &small(), 1000);
    assert_eq!(expected.len(), 9);
    assert!(all(front_end.file(&path).unwrap()) == expected);
    assert!(all(front_end.reader(Cursor::new(bytes), "upload").unwrap()) == expected);
    assert!(all(front_end.blocks(Blocks::open(&path).unwrap()).unwrap()) == expected);
    assert!(all(front_end.clip(&clip).unwrap()) == expected);
    assert!(all(front_end.samples(&clip.samples, 44_100).unwrap()) == expected);
}

#[test]
fn blocks_may_begin_in_the_middle() {
    let blocks = || Blocks::from_reader(Cursor::new(au(44_100, noise(60_000))), "noise.au").unwrap();
    let offset = Duration::from_millis(700);
    let samples: Vec<f32> = blocks().starting_at(offset).unwrap().flat_map(Result::unwrap).collect();
    let from_there = FrontEnd::new(small()).unwrap().blocks(blocks().starting_at(offset).unwrap()).unwrap();
    assert_eq!(from_there.first().unwrap(), by_hand(Clip::new(samples, 44_100), &small(), 1)[0]);
}

#[test]
fn the_first_chunk_is_all_that_is_read() {
    for (rate, most) in [(16_000, 12_000), (44_100, 40_000)] {
        let (reader, read) = Counting::new(au(rate, noise(60 * rate)));
        let mut spectrograms = FrontEnd::new(small()).unwrap().reader(reader, "minute").unwrap();
        assert!(spectrograms.next().unwrap().is_ok() && spectrograms.next().is_none());
        let read = read.load(Ordering::Relaxed);
        assert!(read < most, "{read} of {} bytes for 0.125 s at {rate} Hz", 120 * rate);
        assert!(spectrograms.duration() < Duration::from_millis(500), "{:?}", spectrograms.duration());
        assert_eq!(spectrograms.declared_duration(), Some(Duration::from_secs(60)));
    }
}

#[test]
fn every_chunk_is_read_only_when_it_is_asked_for() {
    let (reader, read) = Counting::new(au(16_000, noise(160_000)));
    let front_end = FrontEnd::new(small()).unwrap().with_hop(2000).unwrap();
    let spectrograms = front_end.reader(reader, "ten seconds").unwrap();
    for (chunk, spectrogram) in spectrograms.enumerate() {
        assert!(spectrogram.is_ok());
        let (read, needed) = (read.load(Ordering::Relaxed), (chunk as u64 + 1) * 4000);
        assert!(read < needed + 20_000, "{read} bytes read, {needed} needed for chunk {chunk}");
    }
}

#[test]
fn the_iterator_tells_what_was_decoded() {
    let front_end = FrontEnd::new(small()).unwrap().with_hop(2000).unwrap();
    for path in sounds() {
        let clip = decode(&path).unwrap();
        let mut spectrograms = front_end.file(&path).unwrap();
        spectrograms.by_ref().for_each(|spectrogram| drop(spectrogram.unwrap()));
        assert_eq!(spectrograms.sample_rate(), clip.sample_rate);
        assert_eq!(spectrograms.duration(), clip.duration(), "{}", path.display());
        assert_eq!(spectrograms.skipped_packets(), clip.skipped_packets);
        assert!(spectrograms.next().is_none() && spectrograms.next().is_none());
    }
}

#[test]
fn the_declared_duration_is_the_one_that_probing_reports() {
    for path in sounds() {
        let declared = Blocks::open(&path).unwrap().declared_duration();
        let probed = mgc_audio::probe(&path).unwrap().duration;
        assert!(declared.is_none() || declared == probed, "{}: {declared:?}, {probed:?}", path.display());
    }
}

#[test]
fn a_cut_off_file_tells_so_at_its_end() {
    let mut bytes = au(8000, noise(8000));
    bytes[8..12].copy_from_slice(&32_000_u32.to_be_bytes());
    let mut spectrograms = FrontEnd::new(small()).unwrap().reader(Cursor::new(bytes), "cut.au").unwrap();
    assert!(spectrograms.next().unwrap().is_ok());
    assert_eq!(spectrograms.skipped_packets(), 1);
}

#[test]
fn a_recording_without_samples_is_an_error_however_it_comes() {
    let front_end = FrontEnd::new(small()).unwrap();
    let empty = front_end.reader(Cursor::new(au(8000, noise(0))), "empty.au");
    assert!(matches!(empty, Err(Error::Empty { .. })));
    for hop in [None, Some(100)] {
        let front_end = hop.map_or_else(|| Ok(front_end.clone()), |hop| front_end.with_hop(hop)).unwrap();
        let mut spectrograms = front_end.samples(&[], 8000).unwrap();
        assert!(matches!(spectrograms.next(), Some(Err(Error::NoSamples))));
        assert!(spectrograms.next().is_none());
    }
    let beyond = Blocks::from_reader(Cursor::new(au(8000, noise(800))), "short.au").unwrap();
    let beyond = beyond.starting_at(Duration::from_secs(1)).unwrap();
    assert!(matches!(front_end.blocks(beyond).unwrap().first(), Err(Error::BeyondEnd { .. })));
}

#[test]
fn samples_that_are_not_finite_are_errors_of_their_chunk() {
    let mut samples = vec![0.1; 16_000];
    samples[5000] = f32::NAN;
    let front_end = FrontEnd::new(small()).unwrap();
    assert!(front_end.samples(&samples, 16_000).unwrap().first().is_ok());
    let results: Vec<_> = front_end.with_hop(2000).unwrap().samples(&samples, 16_000).unwrap().collect();
    assert!(matches!(results[..], [Ok(_), Ok(_), Err(Error::NotFinite { index: 1000 })]));
}

#[test]
fn rates_that_cannot_be_resampled_are_errors() {
    let front_end = FrontEnd::new(small()).unwrap();
    assert!(matches!(front_end.samples(&[0.5], 999), Err(Error::SampleRate { rate: 999 })));
    let slow = FrontEnd::new(MelConfig { sample_rate: 500, f_max: 250.0, ..small() }).unwrap();
    assert!(matches!(slow.samples(&[0.5], 8000), Err(Error::SampleRate { rate: 500 })));
    assert!(slow.samples(&[0.5], 500).unwrap().first().is_ok());
}

#[test]
fn hops_and_lengths_out_of_range_are_named() {
    let named = |result: mgc_audio::Result<FrontEnd>| match result {
        Err(Error::Config { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(named(FrontEnd::new(small()).unwrap().with_hop(0)), "hop");
    assert_eq!(named(FrontEnd::new(MelConfig::default()).unwrap().with_hop(100)), "chunk_samples");
    for (seconds, hop_seconds, field) in [
        (0.0, 1.0, "seconds"),
        (f64::NAN, 1.0, "seconds"),
        (1.0, -1.0, "hop_seconds"),
        (1.0, 3601.0, "hop_seconds"),
    ] {
        assert_eq!(named(FrontEnd::chunked(&small(), &ChunkConfig { seconds, hop_seconds })), field);
    }
}

#[test]
fn chunks_in_seconds_are_whole_samples() {
    let config = ChunkConfig { seconds: 0.5, hop_seconds: 1e-9 };
    let front_end = FrontEnd::chunked(&MelConfig::default(), &config).unwrap();
    assert_eq!((front_end.config().chunk_samples, front_end.hop()), (Some(11_025), Some(1)));
}

#[test]
fn a_front_end_is_shared_by_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let front_end = FrontEnd::new(small()).unwrap();
    shared(&front_end);
    sent(&front_end.samples(&[0.5], 8000).unwrap());
}

/// A quarter of an hour of silence in 130 kB of constant FLAC frames.
#[cfg(feature = "flac")]
#[test]
fn a_small_file_of_hours_is_refused_only_where_it_is_held_whole() {
    let bytes = common::flac::silence(10_000);
    let config = MelConfig { hop_length: 1 << 20, chunk_samples: Some(1 << 20), ..MelConfig::default() };
    let front_end = FrontEnd::new(config.clone()).unwrap().with_hop(1 << 20).unwrap();
    let mut chunks = front_end.reader(Cursor::new(bytes.clone()), "silence.flac").unwrap();
    assert_eq!(chunks.by_ref().map(Result::unwrap).count(), 20, "of 47.6 s");
    assert_eq!(chunks.duration().as_secs(), 10_000 * 4096 / 44_100);

    let whole = FrontEnd::new(MelConfig { chunk_samples: None, ..config }).unwrap();
    let refused = whole.reader(Cursor::new(bytes), "silence.flac").unwrap().first();
    assert!(matches!(refused, Err(Error::FileTooLarge { .. })));
}
