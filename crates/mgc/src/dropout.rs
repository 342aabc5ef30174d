//! Dropout masks that a resumed run draws again.

use mgc_nets::BroadcastNet;
use mgc_train::{Callback, Epoch, Result};
use std::ops::ControlFlow;

/// A callback that starts a network's dropout stream anew in every epoch, from the run's seed and the epoch's number.
///
/// With it, a run that was killed and goes on ([`Trainer::fit_resumable`](mgc_train::Trainer::fit_resumable)) ends with the
/// bytes of an unbroken one, dropout or not; and runs of different seeds drop different features.
#[derive(Debug)]
pub struct DropoutSeeds<'a> {
    net: &'a BroadcastNet,
    seed: u64,
}

impl<'a> DropoutSeeds<'a> {
    /// For a run of this seed.
    pub fn new(net: &'a BroadcastNet, seed: u64) -> Self {
        Self { net, seed }
    }

    /// Seeds of one run lie far apart, so that those of two runs hardly meet.
    fn start(&self, epoch: usize) {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15; // 2^64 over the golden ratio
        self.net
            .reseed_dropout(self.seed.wrapping_mul(ODD).rotate_left(32) ^ (epoch as u64).wrapping_mul(ODD));
    }
}

impl Callback for DropoutSeeds<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        self.start(done.len());
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self.start(epoch.index + 1);
        Ok(ControlFlow::Continue(()))
    }
}
