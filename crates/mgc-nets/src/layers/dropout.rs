//! Dropout from a counted stream, so that a training run can be repeated and resumed.

use candle::{Result, Tensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::{Mutex, PoisonError};

/// Inverted dropout (Srivastava et al. 2014): a training pass zeroes a share of the features and scales the rest up.
#[derive(Debug)]
pub(crate) struct Dropout {
    pub(crate) rate: f64,
    /// The seed, and the passes since it was set.
    state: Mutex<(u64, u64)>,
}

impl Dropout {
    pub(crate) fn new(rate: f64) -> Self {
        Self { rate, state: Mutex::default() }
    }

    /// The next training pass is the first of the stream of `seed`.
    pub(crate) fn reseed(&self, seed: u64) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (seed, 0);
    }

    /// (N, features); every pass has a mask of its own.
    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        if !train || self.rate == 0. {
            return Ok(xs.clone());
        }
        let (seed, pass) = self.advance();
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream(pass);
        let kept = 1. / (1. - self.rate);
        let factor = |_| if uniform(&mut stream) < self.rate { 0. } else { kept };
        let mask: Vec<f64> = (0..xs.elem_count()).map(factor).collect();
        xs * Tensor::from_vec(mask, xs.shape(), xs.device())?.to_dtype(xs.dtype())?
    }

    fn advance(&self) -> (u64, u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = *state;
        state.1 += 1;
        now
    }
}

impl Clone for Dropout {
    /// The copy goes on where the original stands.
    fn clone(&self) -> Self {
        Self {
            rate: self.rate,
            state: Mutex::new(*self.state.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

/// Uniform in [0, 1).
fn uniform(stream: &mut ChaCha8Rng) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
