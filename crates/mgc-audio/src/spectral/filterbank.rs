//! Triangular mel filters, after `librosa.filters.mel` (0.11) with its Slaney norm.

use std::array;

use crate::spectral::config::MelConfig;

/// Bins that are weighted together: with whole blocks, no band needs a loop for its last bins.
const BLOCK: usize = 4;

/// The mel filters of one configuration; each band stores only the bins where it is not zero.
#[derive(Debug, Clone)]
pub(crate) struct FilterBank {
    bands: Vec<Band>,
    /// The weights of all bands in sequence, each padded with zeros to whole blocks.
    weights: Vec<[f64; BLOCK]>,
}

/// The bins from `first_bin` on, weighted by `weights[first_block..first_block + blocks]`.
#[derive(Debug, Clone)]
struct Band {
    first_bin: usize,
    first_block: usize,
    blocks: usize,
}

impl FilterBank {
    /// Zeros that [`apply`](Self::apply) needs after the last bin.
    pub(crate) const SPARE_BINS: usize = BLOCK - 1;

    pub(crate) fn new(config: &MelConfig) -> Self {
        let bin_hz = f64::from(config.sample_rate) / config.n_fft as f64;
        let edges = band_edges(config);
        let mut bank = Self { bands: Vec::with_capacity(config.n_mels), weights: Vec::new() };
        for edge in edges.windows(3) {
            bank.push([edge[0], edge[1], edge[2]], bin_hz, 1 + config.n_fft / 2);
        }
        bank
    }

    /// Appends the triangle over `edges` (Hz), whose area over frequency is 1. Weights are rounded to f32
    /// twice, as in librosa.
    fn push(&mut self, [lower, centre, upper]: [f64; 3], bin_hz: f64, bins: usize) {
        let norm = 2.0 / (upper - lower);
        let weight = |bin: usize| {
            let hz = bin as f64 * bin_hz;
            let height = ((hz - lower) / (centre - lower)).min((upper - hz) / (upper - centre));
            let height = f64::from(height.max(0.0) as f32);
            f64::from((height * norm) as f32)
        };
        let reach = ((lower / bin_hz) as usize).min(bins)..bins.min((upper / bin_hz) as usize + 1);
        let first_bin = reach.clone().find(|&bin| weight(bin) > 0.0).unwrap_or(0);
        let first_block = self.weights.len();
        let band: Vec<f64> = (first_bin..reach.end).map(weight).take_while(|&w| w > 0.0).collect();
        self.weights
            .extend(band.chunks(BLOCK).map(|block| array::from_fn(|i| block.get(i).copied().unwrap_or(0.0))));
        self.bands.push(Band { first_bin, first_block, blocks: self.weights.len() - first_block });
    }

    /// Computes the mel power of one frame: `power` is (bins) and [`SPARE_BINS`](Self::SPARE_BINS) zeros,
    /// `mel` is (bands).
    #[inline(always)]
    pub(crate) fn apply(&self, power: &[f64], mel: &mut [f64]) {
        for (value, band) in mel.iter_mut().zip(&self.bands) {
            let weights = &self.weights[band.first_block..band.first_block + band.blocks];
            *value = dot(weights, power[band.first_bin..].as_chunks().0);
        }
    }
}

/// Returns the dot product. One running sum per position in a block keeps the additions independent of each
/// other.
#[inline(always)]
fn dot(weights: &[[f64; BLOCK]], power: &[[f64; BLOCK]]) -> f64 {
    let mut sums = [0.0; BLOCK];
    for (w, p) in weights.iter().zip(power) {
        for (sum, (w, p)) in sums.iter_mut().zip(w.iter().zip(p)) {
            *sum += w * p;
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// Returns `n_mels + 2` frequencies in Hz, evenly spaced on the mel scale from `f_min` to `f_max`.
pub(super) fn band_edges(config: &MelConfig) -> Vec<f64> {
    let (low, high) = (config.scale.mel(config.f_min), config.scale.mel(config.f_max));
    let step = (high - low) / (config.n_mels + 1) as f64;
    (0..config.n_mels + 2).map(|i| config.scale.hz(low + i as f64 * step)).collect()
}
