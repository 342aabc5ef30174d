//! Resamples a file of raw little-endian f32 samples and prints how long that took: our side of
//! `benches/peers/resample.py`.
//!
//! Milliseconds, the median of so many runs after as many to warm up.
//!
//!     cargo run --release -p mgc-audio --example resample -- IN.f32 44100 22050 OUT.f32 5

use std::{env, error::Error, fs, hint::black_box, time::Instant};

use mgc_audio::Clip;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, from, to, output, runs] = &arguments[..] else {
        return Err("usage: resample IN.f32 FROM_HZ TO_HZ OUT.f32 RUNS".into());
    };
    if mgc_files::same_file(output, input)? {
        return Err(format!("{output}: would overwrite the input {input}; choose another name").into());
    }
    let samples = fs::read(input)?.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
    let clip = Clip::new(samples, from.parse()?);
    let to = to.parse()?;
    let runs: usize = runs.parse()?;
    let mut milliseconds = Vec::new();
    for _ in 0..2 * runs {
        let copy = clip.clone();
        let start = Instant::now();
        black_box(copy.resampled(to)?);
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let resampled = clip.resampled(to)?.samples;
    mgc_files::replace_bytes(output, &resampled.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
    let milliseconds = &mut milliseconds[runs..];
    milliseconds.sort_by(f64::total_cmp);
    println!("{:.4}", milliseconds.get(runs / 2).ok_or("RUNS is 0")?);
    Ok(())
}
