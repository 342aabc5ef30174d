//! A rule that cuts the learning rate when the loss no longer falls.

use crate::error::{Error, Result};
use crate::optim::keras_version::KerasVersion;
use serde::{Deserialize, Serialize};

/// Settings of [`ReduceLrOnPlateau`]. The defaults are those of the BBNN paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlateauConfig {
    /// Each cut multiplies the learning rate by this, in (0, 1). Default 0.5.
    pub factor: f64,
    /// Bad epochs before a cut. Default 3.
    pub patience: usize,
    /// An epoch is bad unless its loss is lower than the best by more than this. Default 1e-4.
    pub min_delta: f64,
    /// Epochs after a cut in which bad epochs are not counted. Default 0.
    pub cooldown: usize,
    /// The learning rate is never cut below this. Default 0.
    pub min_lr: f64,
    /// The release of Keras whose counting the rule follows. Default [`KerasVersion::Tf26`].
    pub keras_version: KerasVersion,
}

impl Default for PlateauConfig {
    fn default() -> Self {
        Self {
            factor: 0.5,
            patience: 3,
            min_delta: 1e-4,
            cooldown: 0,
            min_lr: 0.0,
            keras_version: KerasVersion::default(),
        }
    }
}

/// A rule that cuts the learning rate when the training loss no longer falls.
///
/// With the default settings and [`KerasVersion::Tf26`], every third bad epoch in a row cuts the rate. With
/// [`KerasVersion::Keras2`] the fourth does, then every third. A loss that is infinite or not a number makes
/// a bad epoch and never becomes the best.
///
/// # Examples
///
/// ```
/// use mgc_train::{PlateauConfig, ReduceLrOnPlateau};
///
/// let mut plateau = ReduceLrOnPlateau::new(PlateauConfig::default())?;
/// let mut lr = 0.01;
/// for loss in [2.0, 1.0, 1.1, 1.2, 1.3] {
///     lr = plateau.observe(loss, lr);
/// }
/// assert_eq!(lr, 0.005);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReduceLrOnPlateau {
    config: PlateauConfig,
    best: f64,
    wait: usize,
    cooldown: usize,
}

impl ReduceLrOnPlateau {
    /// Creates a rule that has seen no epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when `factor`, `min_delta` or `min_lr` lies outside its range.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{PlateauConfig, ReduceLrOnPlateau};
    ///
    /// let config = PlateauConfig { factor: 2.0, ..Default::default() };
    /// let error = ReduceLrOnPlateau::new(config).unwrap_err();
    /// assert_eq!(error.to_string(), "plateau factor is 2, expected a number above 0 and below 1");
    /// ```
    pub fn new(config: PlateauConfig) -> Result<Self> {
        let within = |name, value: f64, expected, holds: bool| match holds {
            true => Ok(()),
            false => Err(Error::Config { name, value: value.to_string(), expected }),
        };
        let PlateauConfig { factor, min_delta, min_lr, .. } = config;
        within("plateau factor", factor, "a number above 0 and below 1", factor > 0.0 && factor < 1.0)?;
        within("plateau min_delta", min_delta, "a number of at least 0", min_delta >= 0.0)?;
        within("plateau min_lr", min_lr, "a number of at least 0", min_lr >= 0.0)?;
        Ok(Self { config, best: f64::INFINITY, wait: 0, cooldown: 0 })
    }

    /// Takes the training loss of an epoch that ran at `lr` and returns the learning rate of the next epoch.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{PlateauConfig, ReduceLrOnPlateau};
    ///
    /// let config = PlateauConfig { patience: 1, ..Default::default() };
    /// let mut plateau = ReduceLrOnPlateau::new(config)?;
    /// assert_eq!(plateau.observe(2.0, 0.01), 0.01);
    /// assert_eq!(plateau.observe(2.5, 0.01), 0.005, "the loss did not fall");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use = "set the optimiser to this learning rate"]
    pub fn observe(&mut self, loss: f64, lr: f64) -> f64 {
        if self.cooldown > 0 {
            self.cooldown -= 1;
            self.wait = 0;
        }
        if loss < self.best - self.config.min_delta {
            self.best = loss;
            self.wait = 0;
            return lr;
        }
        if self.cooldown > 0 {
            return lr;
        }
        match self.config.keras_version {
            KerasVersion::Tf26 => {
                self.wait += 1;
                self.cut_if_waited(lr)
            }
            KerasVersion::Keras2 => {
                let lr = self.cut_if_waited(lr);
                self.wait += 1;
                lr
            }
        }
    }

    fn cut_if_waited(&mut self, lr: f64) -> f64 {
        if self.wait < self.config.patience || lr <= self.config.min_lr {
            return lr;
        }
        self.cooldown = self.config.cooldown;
        self.wait = 0;
        (lr * self.config.factor).max(self.config.min_lr)
    }
}
