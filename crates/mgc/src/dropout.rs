//! Dropout masks that a resumed run draws again.

use candle_nn::ModuleT;
use mgc_nets::BroadcastNet;
use mgc_train::{Callback, Epoch, Result};
use std::fmt;
use std::ops::ControlFlow;

/// A model whose random numbers (dropout masks) can be restarted.
///
/// Implement it for any `ModuleT` without random numbers by an empty `impl` block.
pub trait Reseed: ModuleT {
    /// Restarts the random numbers for one epoch of a run of this seed. The provided default does nothing.
    fn reseed(&self, seed: u64, epoch: usize) {
        let _ = (seed, epoch);
    }
}

impl Reseed for BroadcastNet {
    fn reseed(&self, seed: u64, epoch: usize) {
        self.reseed_dropout(seed, epoch);
    }
}

/// A callback that restarts a model's dropout masks before every epoch, from the run's seed and the epoch's
/// number.
///
/// With it, a run that was killed and resumed ([`Trainer::fit_resumable`](mgc_train::Trainer::fit_resumable))
/// ends with the bytes of an unbroken one, dropout or not; and runs of different seeds drop different
/// features.
pub struct DropoutSeeds<'a> {
    model: &'a dyn Reseed,
    seed: u64,
}

impl<'a> DropoutSeeds<'a> {
    /// Restarts the masks of `model` in a run of this seed.
    pub fn new(model: &'a dyn Reseed, seed: u64) -> Self {
        Self { model, seed }
    }
}

impl fmt::Debug for DropoutSeeds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DropoutSeeds").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Callback for DropoutSeeds<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        self.model.reseed(self.seed, done.len());
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self.model.reseed(self.seed, epoch.index + 1);
        Ok(ControlFlow::Continue(()))
    }
}
