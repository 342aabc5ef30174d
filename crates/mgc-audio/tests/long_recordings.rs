//! The memory of a long recording. A file of its own, so that the peak of the process is that of this test.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::io::{Read, Result, Seek, SeekFrom};

use mgc_audio::{FrontEnd, MelConfig};

/// Hz.
const RATE: u32 = 2000;
const HOURS: u64 = 10;

/// An `.au` of ten hours that is made while it is read.
struct TenHours {
    position: u64,
}

impl TenHours {
    const LEN: u64 = 24 + HOURS * 3600 * RATE as u64 * 2;

    fn byte(position: u64) -> u8 {
        let header = [u32::from_be_bytes(*b".snd"), 24, u32::MAX, 3, RATE, 1];
        match header.get(position as usize / 4) {
            Some(word) => word.to_be_bytes()[position as usize % 4],
            None => (position % 31) as u8,
        }
    }
}

impl Read for TenHours {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = (Self::LEN - self.position).min(buffer.len() as u64) as usize;
        for (byte, position) in buffer[..count].iter_mut().zip(self.position..) {
            *byte = Self::byte(position);
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for TenHours {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        self.position = match position {
            SeekFrom::Start(offset) => offset,
            SeekFrom::End(offset) => Self::LEN.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
        };
        Ok(self.position)
    }
}

/// The most memory that this process has held, kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn ten_hours_take_the_memory_of_a_chunk() {
    let chunk = 10 * 1000; // 10 s
    let config = MelConfig {
        sample_rate: 1000,
        n_fft: 256,
        hop_length: 500,
        n_mels: 8,
        f_max: 500.0,
        chunk_samples: Some(chunk),
        ..MelConfig::default()
    };
    let front_end = FrontEnd::new(config).unwrap().with_hop(chunk).unwrap();
    let mut spectrograms = front_end.reader(TenHours { position: 0 }, "ten hours").unwrap();
    assert!(spectrograms.next().unwrap().is_ok());
    let before = peak();
    let count = spectrograms.by_ref().map(|spectrogram| drop(spectrogram.unwrap())).count();
    assert_eq!(count, 3600 - 1);
    assert_eq!(spectrograms.duration().as_secs(), HOURS * 3600);
    // The samples alone are 288 MB at the rate of the file.
    assert!(peak() - before < 4096, "{} kB more", peak() - before);
}
