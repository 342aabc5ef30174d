//! Dropout masks that a resumed run draws again.

use mgc_nets::BroadcastNet;
use mgc_train::{Callback, Epoch, Result};
use std::ops::ControlFlow;

/// A callback that starts a network's dropout stream anew in every epoch, from the run's seed and the epoch's
/// number.
///
/// With it, a run that was killed and goes on ([`Trainer::fit_resumable`](mgc_train::Trainer::fit_resumable))
/// ends with the bytes of an unbroken one, dropout or not; and runs of different seeds drop different
/// features.
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
}

impl Callback for DropoutSeeds<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        self.net.reseed_dropout(self.seed, done.len());
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self.net.reseed_dropout(self.seed, epoch.index + 1);
        Ok(ControlFlow::Continue(()))
    }
}
