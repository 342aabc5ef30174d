//! Laws that hold for every input (property tests).

use mgc_audio::{Decibels, MelConfig, MelSpectrogram, chunks};
use proptest::prelude::*;

/// dB. Scaling by a power of two is exact in f64, the sum of two f32 roundings near 100 dB is 8e-6.
const SCALE_DB: f32 = 2e-5;

fn small(hop: usize, chunk_samples: Option<usize>) -> MelConfig {
    MelConfig {
        sample_rate: 8000,
        n_fft: 256,
        hop_length: hop,
        n_mels: 10,
        f_max: 4000.0,
        chunk_samples,
        decibels: Decibels { amin: 1e-30, top_db: None, ..Decibels::default() },
        ..MelConfig::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_the_amplitude_is_six_decibels_more(samples in prop::collection::vec(0.01_f32..1.0, 300..600), doublings in 0..6) {
        let mel = MelSpectrogram::new(small(64, None)).unwrap();
        let factor = (1 << doublings) as f32;
        let louder: Vec<f32> = samples.iter().map(|s| s * factor).collect();
        let (quiet, loud) = (mel.compute(&samples).unwrap(), mel.compute(&louder).unwrap());
        let step = 20.0 * factor.log10();
        for (a, b) in quiet.as_slice().iter().zip(loud.as_slice()) {
            prop_assert!((b - a - step).abs() <= SCALE_DB, "{a} {b} {step}");
        }
    }

    #[test]
    fn frames_are_one_more_than_the_hops_that_fit(samples in 1_usize..3000, hop in 1_usize..400, length in prop::option::of(1_usize..3000)) {
        let mel = MelSpectrogram::new(small(hop, length)).unwrap();
        let spectrogram = mel.compute(&vec![0.5; samples]).unwrap();
        prop_assert_eq!(spectrogram.frames(), 1 + length.unwrap_or(samples) / hop);
        prop_assert_eq!(spectrogram.frames(), mel.frames(samples));
        prop_assert_eq!(spectrogram.into_vec().len(), mel.frames(samples) * 10);
    }

    #[test]
    fn chunks_without_overlap_are_consecutive_and_drop_less_than_half(samples in 0_usize..1000, length in 1_usize..300) {
        let samples: Vec<f32> = (0..samples).map(|n| n as f32).collect();
        let chunks: Vec<&[f32]> = chunks(&samples, length, length).collect();
        let kept = chunks.concat();
        prop_assert_eq!(&samples[..kept.len()], &kept[..]);
        prop_assert!(2 * (samples.len() - kept.len()) < length);
        prop_assert_eq!(chunks.is_empty(), samples.is_empty());
        if let Some((last, whole)) = chunks.split_last() {
            prop_assert!(whole.iter().all(|w| w.len() == length));
            prop_assert!(whole.is_empty() || 2 * last.len() >= length);
        }
    }
}
