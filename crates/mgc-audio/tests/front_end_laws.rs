//! Laws of cutting and streaming that hold for every length and rate (property tests).

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::io::Cursor;

use mgc_audio::{Clip, FrontEnd, MelConfig, MelSpectrogram, chunks};
use proptest::prelude::*;

fn small(sample_rate: u32, chunk_samples: Option<usize>) -> MelConfig {
    MelConfig {
        sample_rate,
        n_fft: 64,
        hop_length: 50,
        n_mels: 4,
        f_max: f64::from(sample_rate) / 2.0,
        chunk_samples,
        ..MelConfig::default()
    }
}

fn noise(len: usize) -> Vec<f32> {
    (0..len as u32)
        .map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0 - 0.5)
        .collect()
}

fn rates() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![8000_u32, 11_025, 16_000, 22_050, 44_100, 48_000, 22_051])
}

/// `.au` of f32 samples: read in blocks of 4096.
fn au(rate: u32, samples: &[f32]) -> Cursor<Vec<u8>> {
    let header = [u32::from_be_bytes(*b".snd"), 24, u32::MAX, 6, rate, 1];
    let header = header.iter().flat_map(|word| word.to_be_bytes());
    Cursor::new(header.chain(samples.iter().flat_map(|s| s.to_be_bytes())).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_has_the_bits_of_the_resampled_whole(len in 1_usize..40_000, from in rates(), to in rates()) {
        let samples = noise(len);
        let whole = Clip::new(samples.clone(), from).resampled(to).unwrap();
        let config = small(to, None);
        let streamed = FrontEnd::new(config.clone()).unwrap().reader(au(from, &samples), "noise.au").unwrap();
        let expected = MelSpectrogram::new(config).unwrap().compute(&whole.samples).unwrap();
        prop_assert_eq!(streamed.first().unwrap(), expected);
    }

    #[test]
    fn a_stream_has_the_chunks_of_the_resampled_whole(
        len in 1_usize..40_000, from in rates(), to in rates(), length in 500_usize..9000, hop in 500_usize..20_000,
    ) {
        let samples = noise(len);
        let whole = Clip::new(samples.clone(), from).resampled(to).unwrap();
        let front_end = FrontEnd::new(small(to, Some(length))).unwrap().with_hop(hop).unwrap();
        let spectrograms = front_end.reader(au(from, &samples), "noise.au").unwrap();
        let streamed: Vec<_> = spectrograms.map(Result::unwrap).collect();
        let compute = |chunk| front_end.mel().compute(chunk).unwrap();
        let expected: Vec<_> = chunks(&whole.samples, length, hop).map(compute).collect();
        prop_assert!(streamed == expected, "{} against {}", streamed.len(), expected.len());
    }

    #[test]
    fn chunks_begin_a_hop_apart_and_only_the_last_is_short(len in 0_usize..1000, length in 1_usize..300, hop in 1_usize..400) {
        let samples: Vec<f32> = (0..len).map(|n| n as f32).collect();
        let chunks: Vec<&[f32]> = chunks(&samples, length, hop).collect();
        prop_assert_eq!(chunks.is_empty(), samples.is_empty());
        for (k, chunk) in chunks.iter().enumerate() {
            let end = (k * hop + length).min(len);
            prop_assert_eq!(*chunk, &samples[k * hop..end]);
            prop_assert!(chunk.len() == length || k + 1 == chunks.len());
        }
    }

    #[test]
    fn a_short_chunk_brings_half_a_chunk_of_new_music(len in 1_usize..1000, length in 1_usize..300, hop in 1_usize..400) {
        let samples = vec![0.5; len];
        let count = chunks(&samples, length, hop).count();
        // Music of chunk k that chunk k - 1 does not cover.
        let fresh = |k: usize| len.min(k * hop + length).saturating_sub((k * hop).max((k - 1) * hop + length));
        let is_whole = |k: usize| k * hop + length <= len;
        prop_assert!(count == 1 || is_whole(count - 1) || 2 * fresh(count - 1) >= length);
        prop_assert!(!is_whole(count) && 2 * fresh(count) < length);
    }

    #[test]
    fn chunks_that_overlap_by_half_are_whole(len in 1_usize..1000, length in 2_usize..300) {
        let samples = vec![0.5; len];
        for hop in [length / 2, length.div_ceil(2)] {
            let (whole, first) = (chunks(&samples, length, hop).filter(|chunk| chunk.len() == length).count(), chunks(&samples, length, hop).count());
            prop_assert!(whole == first || (first == 1 && len < length));
        }
    }
}
