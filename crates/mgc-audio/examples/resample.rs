//! Resamples a (samples) f32 .npy file and prints how long that took: our side of `benches/peers/resample.py`.
//!
//! Milliseconds, the median of so many runs after as many to warm up.
//!
//!     cargo run --release -p mgc-audio --example resample -- IN.npy 44100 22050 OUT.npy 5

use std::{env, error::Error, hint::black_box, time::Instant};

use mgc_audio::Clip;
use ndarray::Array1;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, from, to, output, runs] = &arguments[..] else {
        return Err("usage: resample IN.npy FROM_HZ TO_HZ OUT.npy RUNS".into());
    };
    let samples: Array1<f32> = ndarray_npy::read_npy(input)?;
    let clip = Clip::new(samples.to_vec(), from.parse()?);
    let to = to.parse()?;
    let runs: usize = runs.parse()?;
    let mut milliseconds = Vec::new();
    for _ in 0..2 * runs {
        let copy = clip.clone();
        let start = Instant::now();
        black_box(copy.resampled(to)?);
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    ndarray_npy::write_npy(output, &Array1::from(clip.resampled(to)?.samples))?;
    let milliseconds = &mut milliseconds[runs..];
    milliseconds.sort_by(f64::total_cmp);
    println!("{:.4}", milliseconds.get(runs / 2).ok_or("RUNS is 0")?);
    Ok(())
}
