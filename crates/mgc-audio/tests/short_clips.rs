//! Silence, a constant, one sample and 50 ms: what every front end gives for them.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::thread;

use mgc_audio::{
    Error, MelConfig, MelScale, MelSpectrogram, Mfcc, MfccConfig, PadMode, Spectrogram, Stft, StftConfig,
};
use ndarray::{Array2, ArrayView2, Axis, Slice};

/// 50 ms at 22,050 Hz.
const FIFTY_MS: usize = 1102;

fn magnitudes(samples: &[f32], padding: PadMode) -> Array2<f32> {
    Stft::new(StftConfig { padding, ..StftConfig::default() }).unwrap().magnitudes(samples).unwrap()
}

fn mel(samples: &[f32]) -> Spectrogram {
    MelSpectrogram::new(MelConfig::default()).unwrap().compute(samples).unwrap()
}

fn mfcc(samples: &[f32]) -> Array2<f32> {
    Mfcc::new(MfccConfig::default()).unwrap().compute(samples).unwrap()
}

fn first<'a>(frames: usize, of: &'a ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
    of.slice_axis(Axis(0), Slice::from(..frames))
}

fn hum(length: usize) -> Vec<f32> {
    (0..length).map(|n| (n as f32 * 0.1).sin()).collect()
}

/// A constant under a Hann window: half of it in bin 0, a quarter in bin 1, nothing above.
fn assert_constant(frame: &[f32], value: f32) {
    assert!((frame[0] - 1024.0 * value).abs() <= 1e-4 && (frame[1] - 512.0 * value).abs() <= 1e-4);
    assert!(frame[2..].iter().all(|m| *m < 1e-9));
}

#[test]
fn silence_has_no_magnitude_and_lies_at_amin() {
    let silence = [0.0; 5000];
    assert_eq!(magnitudes(&silence, PadMode::Constant), Array2::<f32>::zeros((10, 1025)));
    assert!(mel(&silence).as_slice().iter().all(|v| *v == -100.0));
    for frame in mfcc(&silence).rows() {
        assert!((frame[0] - -100.0 * 128.0_f32.sqrt()).abs() <= 2e-4);
        assert!(frame.iter().skip(1).all(|c| c.abs() <= 1e-9), "{frame}");
    }
}

#[test]
fn a_constant_stands_in_the_lowest_two_bins() {
    let magnitudes = magnitudes(&[0.5; 5000], PadMode::Reflect);
    for frame in magnitudes.rows() {
        assert_constant(frame.as_slice().unwrap(), 0.5);
    }
}

#[test]
fn one_sample_is_a_flat_spectrum() {
    let magnitudes = magnitudes(&[0.5], PadMode::Constant);
    assert_eq!(magnitudes.dim(), (1, 1025));
    assert!(magnitudes.iter().all(|m| (m - 0.5).abs() <= 1e-7));
    assert_eq!(mel(&[0.5]).view().dim(), (1, 128));
    assert!(mel(&[0.5]).as_slice().iter().all(|v| (-60.0..-10.0).contains(v)));
    assert_eq!(mfcc(&[0.5]).dim(), (1, 20));
    assert!(mfcc(&[0.5]).iter().all(|c| c.is_finite()));
}

#[test]
fn one_sample_mirrored_is_a_constant() {
    assert_constant(magnitudes(&[0.5], PadMode::Reflect).as_slice().unwrap(), 0.5);
}

#[test]
fn fifty_milliseconds_are_the_start_of_a_recording_that_then_falls_silent() {
    let short = hum(FIFTY_MS);
    let padded: Vec<f32> = short.iter().copied().chain([0.0; 4000]).collect();
    let (ours, longer) = (magnitudes(&short, PadMode::Constant), magnitudes(&padded, PadMode::Constant));
    assert_eq!(ours.dim(), (3, 1025));
    assert_eq!(ours, first(3, &longer.view()));
    assert_eq!(mel(&short).view(), first(2, &mel(&padded).view()));
    assert_eq!(mfcc(&short), first(3, &mfcc(&padded).view()));
}

#[test]
fn no_samples_and_samples_that_are_not_finite_are_refused() {
    let stft = Stft::new(StftConfig::default()).unwrap();
    assert!(matches!(stft.magnitudes(&[]), Err(Error::NoSamples)));
    let mfcc = Mfcc::new(MfccConfig::default()).unwrap();
    assert!(matches!(mfcc.compute(&[]), Err(Error::NoSamples)));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for index in [0, 1023, 1024, 2500] {
            let mut samples = [0.1; 2501];
            samples[index] = bad;
            assert!(matches!(stft.magnitudes(&samples), Err(Error::NotFinite { index: i }) if i == index));
            assert!(matches!(mfcc.compute(&samples), Err(Error::NotFinite { index: i }) if i == index));
        }
    }
}

#[test]
fn every_stft_and_mfcc_setting_out_of_range_is_named() {
    for (config, wrong) in [
        (StftConfig { n_fft: 1, ..StftConfig::default() }, "n_fft"),
        (StftConfig { n_fft: usize::MAX, ..StftConfig::default() }, "n_fft"),
        (StftConfig { hop_length: 0, ..StftConfig::default() }, "hop_length"),
    ] {
        let error = Stft::new(config).unwrap_err();
        assert!(matches!(error, Error::Config { field, .. } if field == wrong), "{wrong}: {error}");
    }
    let wide = MelConfig { n_fft: 1 << 18, n_mels: 1 << 18, ..MelConfig::default() };
    for (config, wrong) in [
        (MfccConfig { coefficients: 0, ..MfccConfig::default() }, "coefficients"),
        (MfccConfig { coefficients: 129, ..MfccConfig::default() }, "coefficients"),
        (MfccConfig { mel: wide, coefficients: 65, lifter: 0.0 }, "coefficients"),
        (MfccConfig { lifter: -1.0, ..MfccConfig::default() }, "lifter"),
        (MfccConfig { lifter: f64::NAN, ..MfccConfig::default() }, "lifter"),
        (MfccConfig { lifter: f64::INFINITY, ..MfccConfig::default() }, "lifter"),
        (
            MfccConfig { mel: MelConfig { hop_length: 0, ..MelConfig::default() }, ..MfccConfig::default() },
            "hop_length",
        ),
    ] {
        let error = Mfcc::new(config).unwrap_err();
        assert!(matches!(error, Error::Config { field, .. } if field == wrong), "{wrong}: {error}");
    }
}

#[test]
fn a_result_that_no_memory_holds_is_refused_before_it_is_taken() {
    let fine = StftConfig { n_fft: 1 << 20, hop_length: 1, ..StftConfig::default() };
    let error = Stft::new(fine).unwrap().magnitudes(&[0.0; 5000]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { frames: 5001, columns: 524_289, .. }), "{error}");
    let wide = MelConfig {
        n_fft: 8192,
        hop_length: 1,
        n_mels: 8192,
        chunk_samples: Some(200_000),
        ..MelConfig::default()
    };
    let error = MelSpectrogram::new(wide).unwrap().compute(&[0.0]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { frames: 200_001, columns: 8192, .. }), "{error}");
}

#[test]
fn mfccs_of_a_spectrogram_with_other_bands_are_refused() {
    let mel = MelSpectrogram::new(MelConfig { n_mels: 40, ..MelConfig::default() }).unwrap();
    let error =
        Mfcc::new(MfccConfig::default()).unwrap().from_mel(&mel.compute(&[0.1]).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the spectrogram has 40 mel bands, the settings name 128");
}

#[test]
fn many_threads_on_one_plan_give_the_same_bits_as_one() {
    let mel = MelConfig { scale: MelScale::Htk, ..MelConfig::default() };
    let mfcc = Mfcc::new(MfccConfig { mel, ..MfccConfig::default() }).unwrap();
    let samples = hum(50_000);
    let alone = mfcc.compute(&samples).unwrap();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| mfcc.compute(&samples).unwrap())).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn plans_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Stft>();
    shared::<Mfcc>();
}
