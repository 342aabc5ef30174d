//! Time to bring 30 s of noise to 22,050 Hz on one thread.
//!
//!     cargo bench -p mgc-audio --bench resample

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros write no docs; in a bench a failed unwrap is the finding itself"
)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use mgc_audio::Clip;

fn noise(len: u32) -> Vec<f32> {
    (0..len).map(|n| n.wrapping_mul(2_654_435_761) as i32 as f32 / 2_147_483_648.0).collect()
}

fn resample(criterion: &mut Criterion) {
    for rate in [44_100, 48_000, 96_000, 44_101] {
        let clip = Clip::new(noise(30 * rate), rate);
        criterion.bench_function(&format!("{rate} to 22050 Hz, 30 s"), |bencher| {
            bencher.iter_batched(
                || clip.clone(),
                |clip| clip.resampled(22_050).unwrap(),
                BatchSize::PerIteration,
            );
        });
    }
}

criterion_group!(benches, resample);
criterion_main!(benches);
