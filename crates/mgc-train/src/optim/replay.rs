//! The rules of a training run applied to losses that are already known.

use crate::error::Result;
use crate::optim::early_stopping::{EarlyStopping, EarlyStoppingConfig};
use crate::optim::plateau::{PlateauConfig, ReduceLrOnPlateau};

/// The epochs that the rules of [`replay`] would have run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Replay {
    /// The learning rate of each epoch, at most as many as there are losses.
    pub rates: Vec<f64>,
    /// Whether the rules end the run after the last of these epochs; if not, the losses ran out.
    pub ended: bool,
}

/// Returns the learning rates that the plateau rule and early stopping give for training losses, epoch by
/// epoch.
///
/// The run starts at the rate `lr` and ends after `max_epochs` epochs at the latest. A training log of Keras
/// holds both losses and rates, so this shows whether the rules here agree with those that wrote it.
///
/// ```
/// use mgc_train::{EarlyStoppingConfig, PlateauConfig, replay};
///
/// let stagnation = [1.0; 20];
/// let run = replay(&stagnation, 0.01, PlateauConfig::default(), EarlyStoppingConfig::default(), 100)?;
/// assert_eq!(run.rates[..5], [0.01, 0.01, 0.01, 0.01, 0.005]);
/// assert!(run.ended && run.rates.len() == 11);
/// # Ok::<(), mgc_train::Error>(())
/// ```
///
/// # Errors
/// As [`ReduceLrOnPlateau::new`] and [`EarlyStopping::new`].
pub fn replay(
    losses: &[f64],
    mut lr: f64,
    plateau: PlateauConfig,
    stopping: EarlyStoppingConfig,
    max_epochs: usize,
) -> Result<Replay> {
    let mut plateau = ReduceLrOnPlateau::new(plateau)?;
    let mut stopping = EarlyStopping::new(stopping)?;
    let mut rates = Vec::new();
    for &loss in losses {
        rates.push(lr);
        lr = plateau.observe(loss, lr);
        if stopping.observe(loss) || rates.len() == max_epochs {
            return Ok(Replay { rates, ended: true });
        }
    }
    Ok(Replay { rates, ended: false })
}
