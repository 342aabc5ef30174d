//! Recordings that are longer than memory would hold, and readers.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::MelConfig;
use mgc::{Bundle, Chunks, Classifier};
use std::io::{Read, Result, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/model.safetensors");
const RATE: u32 = 8_000;
const HEADER: u64 = 44;

/// A wav file of 16-bit mono samples that nobody stores, and the number of bytes that were read of it.
struct Endless {
    header: Vec<u8>,
    bytes: u64,
    position: u64,
    read: Arc<AtomicU64>,
}

impl Endless {
    fn new(seconds: u32) -> Self {
        let data = seconds * RATE * 2;
        let mut header = Vec::new();
        header.extend(b"RIFF");
        header.extend((36 + data).to_le_bytes());
        header.extend(b"WAVEfmt ");
        header.extend([16, 0, 0, 0, 1, 0, 1, 0]);
        header.extend(RATE.to_le_bytes());
        header.extend((2 * RATE).to_le_bytes());
        header.extend([2, 0, 16, 0]);
        header.extend(b"data");
        header.extend(data.to_le_bytes());
        Self { header, bytes: HEADER + u64::from(data), position: 0, read: Arc::default() }
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = (buffer.len() as u64).min(self.bytes.saturating_sub(self.position));
        for (byte, position) in buffer.iter_mut().zip(self.position..self.position + count) {
            let noise = (position / 2).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52; // 12 bits
            let sample = (noise as i16 - 2_048).to_le_bytes();
            *byte = self.header.get(position as usize).copied().unwrap_or(sample[position as usize % 2]);
        }
        self.position += count;
        self.read.fetch_add(count, Ordering::Relaxed);
        Ok(count as usize)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
            SeekFrom::End(offset) => self.bytes.saturating_add_signed(offset),
        };
        Ok(self.position)
    }
}

/// A model of chunks of one second at the rate of the recording.
fn classifier() -> Classifier {
    let front_end = MelConfig {
        sample_rate: RATE,
        n_fft: 512,
        hop_length: 512,
        n_mels: 16,
        f_max: 4_000.0,
        chunk_samples: Some(RATE as usize),
        ..MelConfig::default()
    };
    Classifier::new(Bundle::load(MODEL).unwrap().with_front_end(front_end)).unwrap()
}

#[test]
fn the_first_chunk_is_all_that_is_decoded_for_it() {
    let recording = Endless::new(7_200);
    let read = Arc::clone(&recording.read);
    let answer = classifier().with_chunks(Chunks::First).classify_reader(recording, "long.wav").unwrap();
    assert_eq!((answer.chunks, answer.duration.as_secs()), (1, 7_200));
    let read = read.load(Ordering::Relaxed);
    assert!(read < 20 * 2 * u64::from(RATE), "{read} bytes were read for a chunk of one second");
}

/// The decoded samples of two hours alone are 230 MB.
#[test]
#[cfg(target_os = "linux")]
fn two_hours_take_no_more_memory_than_a_few_chunks() {
    const MOST_KIB: u64 = 64 << 10;
    let classifier = classifier();
    let answer = |seconds| classifier.classify_reader(Endless::new(seconds), "long.wav").unwrap();
    assert_eq!(answer(60).chunks, 60);
    let before = peak_kib();
    let long = answer(7_200);
    assert_eq!((long.chunks, long.duration.as_secs()), (7_200, 7_200));
    let grown = peak_kib().saturating_sub(before); // the kernel counts roughly: it may fall a little
    assert!(grown < MOST_KIB, "the peak grew by {grown} KiB");
}

/// The most memory that the process has had resident.
#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
