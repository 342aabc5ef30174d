//! Dropout whose masks can be drawn again, so that a training run can be repeated and resumed.

use candle::{Result, Tensor};
use std::sync::{Mutex, PoisonError};

/// Inverted dropout (Srivastava et al. 2014) in training passes.
#[derive(Debug, Clone)]
pub(crate) struct Dropout {
    pub(crate) rate: f64,
    pub(crate) masks: Masks,
}

impl Dropout {
    pub(crate) fn new(rate: f64) -> Self {
        Self { rate, masks: Masks::default() }
    }

    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let drawn = train.then(|| self.masks.draw(self.rate)).flatten();
        drawn.map_or_else(|| Ok(xs.clone()), |dropout| mgc_ops::dropout(xs, dropout))
    }
}

/// The sequence of a network's masks. A mask is a function of the seed, the epoch and its number in the
/// epoch.
#[derive(Debug, Default)]
pub(crate) struct Masks(Mutex<Next>);

#[derive(Debug, Clone, Copy, Default)]
struct Next {
    seed: u64,
    epoch: usize,
    number: u64,
}

impl Masks {
    /// Restarts the sequence at the first mask of an epoch.
    pub(crate) fn reseed(&self, seed: u64, epoch: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Next { seed, epoch, number: 0 };
    }

    /// Returns the next mask, or `None` at rate 0, which needs none.
    pub(crate) fn draw(&self, rate: f64) -> Option<mgc_ops::Dropout> {
        (rate > 0.).then(|| mgc_ops::Dropout { rate, key: self.advance() })
    }

    fn advance(&self) -> u64 {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Next { seed, epoch, number } = *next;
        next.number += 1;
        [seed, epoch as u64, number].into_iter().fold(0, hash)
    }
}

impl Clone for Masks {
    /// The copy continues the sequence on its own, from where the original stands.
    fn clone(&self) -> Self {
        Self(Mutex::new(*self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Adds a word to a hash by a step of SplitMix64 (Steele et al. 2014); no two words give the same result.
fn hash(state: u64, word: u64) -> u64 {
    let z = state.wrapping_add(word).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
