//! Initial distributions, as Keras defines them.

use crate::config::KernelInit;
use candle_nn::Init;

/// Standard deviation of a unit normal cut off at two deviations: Keras divides by it.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

impl KernelInit {
    /// Returns the distribution of a kernel with these fans.
    pub(crate) fn hint(self, fan_in: usize, fan_out: usize) -> Init {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        match self {
            Self::GlorotUniform => {
                let limit = (6. / (fan_in + fan_out)).sqrt();
                Init::Uniform { lo: -limit, up: limit }
            }
            Self::LecunNormal => Init::Randn { mean: 0., stdev: (1. / fan_in).sqrt() / TRUNCATED_DEVIATION },
        }
    }
}
