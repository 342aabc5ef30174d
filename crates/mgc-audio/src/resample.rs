//! Sample-rate conversion with rubato's FFT resampler.

use rubato::{Fft, FixedSync, Resampler, WindowFunction, audioadapter_buffers::direct::SequentialSlice};

use crate::{Error, Result};

/// Block length at the lower of the two rates, samples: 44,100 to 22,050 Hz thus runs in blocks of 1024 to 512.
const BLOCK: usize = 512;

pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>> {
    let wanted = resampled_len(samples.len(), from, to);
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let mut out = run(samples, from, to).map_err(|reason| Error::Resample { from, to, reason })?;
    out.resize(wanted, 0.0);
    Ok(out)
}

/// `ceil(len * to / from)` in whole numbers.
pub(crate) fn resampled_len(len: usize, from: u32, to: u32) -> usize {
    (len as u128 * u128::from(to)).div_ceil(u128::from(from)) as usize
}

fn run(samples: &[f32], from: u32, to: u32) -> std::result::Result<Vec<f32>, String> {
    let mut resampler = Fft::<f32>::new_custom(
        from as usize,
        to as usize,
        chunk(from, to),
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .map_err(|e| e.to_string())?;
    let input = SequentialSlice::new(samples, 1, samples.len()).map_err(|e| e.to_string())?;
    let out = resampler.process_all(&input, samples.len(), None).map_err(|e| e.to_string())?;
    Ok(out.take_data())
}

/// Input block: a whole, even number of periods of the rate ratio, so that the filter's delay is a whole number of output samples.
fn chunk(from: u32, to: u32) -> usize {
    let divisor = gcd(from, to);
    let (period_in, period_out) = ((from / divisor) as usize, (to / divisor) as usize);
    let periods = BLOCK.div_ceil(period_in.min(period_out)).next_multiple_of(2);
    periods * period_in
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
