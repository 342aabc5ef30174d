//! Times decoding and log-mel spectrograms (preset `bbnn`), as the other side of `benches/peers/mel.py`.
//!
//! ```text
//! cargo run --release -p mgc-audio --example throughput
//! ```
//!
//! Reads one request per line from standard input and answers each with one line; fields are separated by tabs:
//!
//! - `mel FILE OUT`: the spectrogram of FILE's samples in memory, the second of two runs. Answer: CPU nanoseconds of
//!   this thread, wall nanoseconds. The values are written to OUT as little-endian f32, frame after frame.
//! - `parallel THREADS FILE FILE ...`: decoding and spectrogram of every file. Answer: wall nanoseconds in total.

use std::{
    error::Error,
    fs,
    io::{self, BufRead, Write},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use cpu_time::ThreadTime;
use mgc_audio::{FrontEnd, MelConfig, Spectrogram, decode};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let front_end = FrontEnd::new(MelConfig::bbnn())?;
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        let answer = match fields[..] {
            ["mel", file, to] => one(&front_end, file, to)?,
            ["parallel", threads, ref files @ ..] => all(&front_end, threads.parse()?, files)?,
            _ => return Err(format!("unknown request: {line}").into()),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn one(front_end: &FrontEnd, file: &str, to: &str) -> Outcome<String> {
    let mel = front_end.mel();
    let clip = decode(file)?.resampled(mel.config().sample_rate)?;
    mel.compute(&clip.samples)?;
    let (cpu, wall) = (ThreadTime::now(), Instant::now());
    let spectrogram = mel.compute(&clip.samples)?;
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    fs::write(to, spectrogram.as_slice().iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>())?;
    Ok(format!("{}\t{}", cpu.as_nanos(), wall.as_nanos()))
}

/// Every thread takes the next file until none is left.
fn all(front_end: &FrontEnd, threads: usize, files: &[&str]) -> Outcome<String> {
    let next = AtomicUsize::new(0);
    let work = || -> Outcome<Vec<Spectrogram>> {
        let files = std::iter::from_fn(|| files.get(next.fetch_add(1, Ordering::Relaxed)));
        files.map(|file| Ok(front_end.file(file)?.first()?)).collect()
    };
    let start = Instant::now();
    let spectrograms = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| worker.join().map_err(|_| "a worker panicked")?);
        done.collect::<Outcome<Vec<_>>>()
    })?;
    let wall = start.elapsed();
    debug_assert_eq!(spectrograms.iter().map(Vec::len).sum::<usize>(), files.len());
    Ok(wall.as_nanos().to_string())
}
