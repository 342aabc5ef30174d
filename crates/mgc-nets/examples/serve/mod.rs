//! The protocol that the sides of a benchmark speak.

use candle::{Device, Result, Tensor, bail};
use std::io::{BufRead, Write};
use std::time::Instant;

pub(crate) const CLASSES: usize = 10;

/// Answers each line `KIND REST` of the standard input with the seconds that `work(KIND, REST, spectrograms,
/// labels)` took and the process' peak memory in MB. There are REST spectrograms of `size` (frames, bands),
/// one where it is no number.
pub(crate) fn serve(
    size: (usize, usize),
    mut work: impl FnMut(&str, &str, &Tensor, &Tensor) -> Result<()>,
) -> Result<()> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((kind, rest)) = line.split_once(' ') else {
            bail!("expected a command and a number, got `{line}`")
        };
        let (x, labels) = batch_of(rest.parse().unwrap_or(1), size)?;
        let start = Instant::now();
        work(kind, rest, &x, &labels)?;
        let seconds = start.elapsed().as_secs_f64();
        writeln!(std::io::stdout(), "{seconds:.6} {:.0}", peak_megabytes())?;
    }
    Ok(())
}

pub(crate) fn number(text: &str) -> Result<usize> {
    text.parse().map_err(candle::Error::wrap)
}

/// Spectrograms at the level of real ones, in dB.
fn batch_of(n: usize, (frames, bands): (usize, usize)) -> Result<(Tensor, Tensor)> {
    let value = |i: usize| -12.9 + 15.0 * ((i * i % 1009) as f32 / 504.5 - 1.0);
    let values = (0..n * frames * bands).map(value).collect::<Vec<_>>();
    let labels = Tensor::from_vec((0..n).map(|i| (i % CLASSES) as u32).collect::<Vec<_>>(), n, &Device::Cpu)?;
    Ok((Tensor::from_vec(values, (n, 1, frames, bands), &Device::Cpu)?, labels))
}

/// The largest resident set so far; 0 where the system does not tell.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.) / 1024.
}
