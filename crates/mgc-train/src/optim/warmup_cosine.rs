//! A learning rate that rises in a straight line and falls along a cosine.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Settings of [`WarmupCosine`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WarmupCosineConfig {
    /// The share of all steps in which the rate rises, in [0, 1). Default 0.05.
    pub warmup: f64,
    /// The share of the peak that the rate falls to, in [0, 1]. Default 0.
    pub final_share: f64,
}

impl Default for WarmupCosineConfig {
    fn default() -> Self {
        Self { warmup: 0.05, final_share: 0.0 }
    }
}

/// A learning rate for every step: a linear warm-up (Goyal et al. 2017), then half a cosine (Loshchilov &
/// Hutter 2017).
///
/// Of `n` steps, the first `w` = round(`warmup` n) warm up. Step s = 0, 1, ..., n - 1 has the rate
///
/// ```text
/// peak (s + 1) / w                                                     for s < w
/// peak (f + (1 - f) (1 + cos(π (s - w) / (n - w))) / 2)                from s = w on
/// ```
///
/// where f is `final_share`. The rate is at its peak at steps w - 1 and w; the share f is where the step after
/// the last would be. It is what PyTorch's `LinearLR` (`start_factor` 1/w, `total_iters` w - 1) followed by
/// `CosineAnnealingLR` (`T_max` n - w) gives.
///
/// The rate depends on the number of the step alone, so a resumed run needs no state for it.
///
/// # Examples
///
/// ```
/// use mgc_train::{WarmupCosine, WarmupCosineConfig};
///
/// let config = WarmupCosineConfig { warmup: 0.2, final_share: 0.0 };
/// let schedule = WarmupCosine::new(config, 0.01, 10)?;
/// let rates: Vec<String> = (0..10).map(|step| format!("{:.4}", schedule.lr(step))).collect();
/// let expected = "0.0050 0.0100 0.0100 0.0096 0.0085 0.0069 0.0050 0.0031 0.0015 0.0004";
/// assert_eq!(rates.join(" "), expected);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmupCosine {
    final_share: f64,
    peak: f64,
    steps: usize,
    warmup_steps: usize,
}

impl WarmupCosine {
    /// Creates the schedule of a run of this many steps.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when a setting lies outside its range.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{WarmupCosine, WarmupCosineConfig};
    ///
    /// let config = WarmupCosineConfig { warmup: 5.0, ..Default::default() };
    /// let error = WarmupCosine::new(config, 0.01, 1000).unwrap_err();
    /// assert_eq!(error.to_string(), "schedule warmup is 5, expected a share of all steps, in [0, 1)");
    /// ```
    pub fn new(config: WarmupCosineConfig, peak: f64, steps: usize) -> Result<Self> {
        let WarmupCosineConfig { warmup, final_share } = config;
        let within = |name, value: f64, expected, holds: bool| match holds {
            true => Ok(()),
            false => Err(Error::Config { name, value: value.to_string(), expected }),
        };
        let share = "a share of all steps, in [0, 1)";
        within("schedule warmup", warmup, share, (0.0..1.0).contains(&warmup))?;
        let share = "a share of the peak, in [0, 1]";
        within("schedule final_share", final_share, share, (0.0..=1.0).contains(&final_share))?;
        let positive = "a finite number of at least 0";
        within("learning rate", peak, positive, peak.is_finite() && peak >= 0.0)?;
        let warmup_steps = (warmup * steps as f64).round() as usize;
        Ok(Self { final_share, peak, steps, warmup_steps })
    }

    /// Returns the learning rate of a step, counted from 0. After the last step it stays at the final share.
    ///
    /// # Examples
    ///
    /// See [`WarmupCosine`].
    #[must_use]
    pub fn lr(&self, step: usize) -> f64 {
        let &Self { final_share, peak, steps, warmup_steps } = self;
        if step >= steps {
            return peak * final_share;
        }
        if step < warmup_steps {
            return peak * (step + 1) as f64 / warmup_steps as f64;
        }
        let progress = (step - warmup_steps) as f64 / (steps - warmup_steps) as f64;
        peak * (final_share + (1.0 - final_share) * (1.0 + (PI * progress).cos()) / 2.0)
    }
}
