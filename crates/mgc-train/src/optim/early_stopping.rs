//! A rule that ends a run when the loss no longer falls.

use crate::error::{Error, Result};
use crate::optim::keras_version::KerasVersion;
use serde::{Deserialize, Serialize};

/// Settings of [`EarlyStopping`]. The defaults are those of the BBNN paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStoppingConfig {
    /// An epoch is bad unless its loss is lower than the best by more than this. Default 0.01.
    pub min_delta: f64,
    /// Bad epochs before training stops. Default 10.
    pub patience: usize,
    /// The release of Keras whose counting the rule follows. Default [`KerasVersion::Tf26`].
    pub keras_version: KerasVersion,
}

impl Default for EarlyStoppingConfig {
    fn default() -> Self {
        Self { min_delta: 0.01, patience: 10, keras_version: KerasVersion::default() }
    }
}

/// A rule that ends a run when the training loss no longer falls.
///
/// With the default settings, [`KerasVersion::Tf26`] stops after the tenth bad epoch in a row,
/// [`KerasVersion::Keras2`] after the eleventh. Under `Tf26`, a patience of 0 acts as a patience of 1. A loss
/// that is infinite or not a number makes a bad epoch and never becomes the best. The rule keeps its own best
/// loss, which differs from that of the plateau rule because `min_delta` does.
///
/// # Examples
///
/// ```
/// use mgc_train::{EarlyStopping, EarlyStoppingConfig};
///
/// let config = EarlyStoppingConfig { patience: 2, ..Default::default() };
/// let mut stopping = EarlyStopping::new(config)?;
/// let stops: Vec<bool> = [2.0, 1.0, 1.0, 0.995].map(|loss| stopping.observe(loss)).into();
/// assert_eq!(stops, [false, false, false, true]);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct EarlyStopping {
    config: EarlyStoppingConfig,
    best: f64,
    wait: usize,
}

impl EarlyStopping {
    /// Creates a rule that has seen no epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when `min_delta` is negative or not a number.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{EarlyStopping, EarlyStoppingConfig, Error};
    ///
    /// let config = EarlyStoppingConfig { min_delta: -1.0, ..Default::default() };
    /// assert!(matches!(EarlyStopping::new(config), Err(Error::Config { .. })));
    /// ```
    pub fn new(config: EarlyStoppingConfig) -> Result<Self> {
        if config.min_delta >= 0.0 {
            return Ok(Self { config, best: f64::INFINITY, wait: 0 });
        }
        Err(Error::Config {
            name: "early stopping min_delta",
            value: config.min_delta.to_string(),
            expected: "a number of at least 0",
        })
    }

    /// Takes the training loss of an epoch and returns whether to stop after it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{EarlyStopping, EarlyStoppingConfig};
    ///
    /// let config = EarlyStoppingConfig { patience: 1, ..Default::default() };
    /// let mut stopping = EarlyStopping::new(config)?;
    /// assert!(!stopping.observe(2.0));
    /// assert!(stopping.observe(2.0), "the loss did not fall");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use = "stop training when this returns true"]
    pub fn observe(&mut self, loss: f64) -> bool {
        if loss + self.config.min_delta < self.best {
            self.best = loss;
            self.wait = 0;
            return false;
        }
        let before = self.wait;
        self.wait += 1;
        match self.config.keras_version {
            KerasVersion::Tf26 => self.wait >= self.config.patience,
            KerasVersion::Keras2 => before >= self.config.patience,
        }
    }
}
