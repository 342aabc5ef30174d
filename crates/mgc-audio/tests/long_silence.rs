//! The memory of a small file that decodes to more than an hour. A file of its own, so that the peak of the
//! process is that of this test.

#![cfg(all(target_os = "linux", feature = "flac"))]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{io::Cursor, time::Duration};

use common::flac;
use mgc_audio::{Blocks, Error, FrontEnd, MelConfig, decode_reader};

/// Frames of 4096 samples at 44.1 kHz: 77 minutes in 750 kB, 820 MB as samples.
const FRAMES: u32 = 50_000;
/// Memory of some chunks and blocks, kB.
const MOST: u64 = 16 << 10;

/// The most memory that this process has held, kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_hour_of_silence_in_a_small_file_is_streamed_in_the_memory_of_a_chunk() {
    let file = flac::silence(FRAMES);
    let config = MelConfig {
        sample_rate: 44_100,
        n_fft: 512,
        hop_length: 8192,
        n_mels: 8,
        chunk_samples: Some(441_000),
        ..MelConfig::default()
    };
    let front_end = FrontEnd::new(config).unwrap().with_hop(441_000).unwrap();
    let open = || Blocks::from_reader(Cursor::new(file.clone()), "silence.flac").unwrap();
    assert!(front_end.blocks(open()).unwrap().first().is_ok());
    let before = peak();
    let mut chunks = front_end.blocks(open()).unwrap();
    assert_eq!(chunks.by_ref().map(Result::unwrap).count(), 464, "of 10 s");
    assert_eq!(chunks.duration().as_secs(), u64::from(FRAMES) * flac::FRAME as u64 / 44_100);
    // What lies before an offset is passed by, not kept.
    let late = open().starting_at(Duration::from_secs(75 * 60)).unwrap();
    assert_eq!(front_end.blocks(late).unwrap().map(Result::unwrap).count(), 14);
    assert!(peak() - before < MOST, "{} kB more", peak() - before);

    let refused = decode_reader(Cursor::new(file), "silence.flac").unwrap_err();
    assert!(matches!(refused, Error::FileTooLarge { .. }), "{refused}");
    assert!(refused.to_string().contains("ffmpeg"), "{refused}");
}
