//! Resamples a (samples) f32 .npy file and prints how long that took, in milliseconds: our side of `benches/peers/resample.py`.
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
    let mut milliseconds = Vec::new();
    for _ in 0..runs.parse()? {
        let copy = clip.clone();
        let start = Instant::now();
        black_box(copy.resampled(to)?);
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    ndarray_npy::write_npy(output, &Array1::from(clip.resampled(to)?.samples))?;
    milliseconds.sort_by(f64::total_cmp);
    println!("{:.4}", milliseconds.get(milliseconds.len() / 2).ok_or("RUNS is 0")?);
    Ok(())
}
