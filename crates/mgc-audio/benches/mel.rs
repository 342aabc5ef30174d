//! Criterion benches of the front ends on 30 s of noise at 22,050 Hz, one thread.
//!
//! ```text
//! cargo bench -p mgc-audio --bench mel
//! ```

#![allow(missing_docs, reason = "the macros of criterion write items without docs")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot start should say so and end")]

use criterion::{Criterion, criterion_group, criterion_main};
use mgc_audio::{MelConfig, MelSpectrogram, Mfcc, MfccConfig, Stft};

fn noise(samples: usize) -> Vec<f32> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * 0.1
    };
    std::iter::repeat_with(next).take(samples).collect()
}

fn front_ends(criterion: &mut Criterion) {
    let samples = noise(661_794);
    let mel = MelSpectrogram::new(MelConfig::bbnn()).unwrap();
    let stft = Stft::new(MelConfig::bbnn().stft()).unwrap();
    let mfcc = Mfcc::new(MfccConfig { mel: MelConfig::bbnn(), ..MfccConfig::default() }).unwrap();
    let spectrogram = mel.compute(&samples).unwrap();
    let mut group = criterion.benchmark_group("30 s, hop 1024");
    group.bench_function("log-mel", |b| b.iter(|| mel.compute(&samples).unwrap()));
    group.bench_function("STFT magnitudes", |b| b.iter(|| stft.magnitudes(&samples).unwrap()));
    group.bench_function("MFCCs of a log-mel", |b| b.iter(|| mfcc.from_mel(&spectrogram).unwrap()));
    group.finish();
}

criterion_group!(benches, front_ends);
criterion_main!(benches);
