//! The difference of two models' accuracies on the same tracks.

use crate::error::Result;
use crate::statistics::bootstrap::{BootstrapConfig, bootstrap_interval};
use crate::statistics::checks::check_pairs;
use crate::statistics::resampling::Units;

/// The difference of two accuracies; see [`accuracy_difference`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccuracyDifference {
    /// The accuracy of the first model less that of the second, -1 to 1.
    pub difference: f64,
    /// The lower and upper end of the difference's confidence interval.
    pub interval: (f64, f64),
}

/// Compares the accuracies of two models on the same tracks, with a bootstrap interval of the difference.
///
/// `first_right` and `second_right` say of each track whether the model named it right. A resample has both
/// answers to a track or neither, so tracks that are hard or easy for both models do not widen the interval.
/// It is the interval of [`bootstrap_interval`], with its caution on groups. Of 1,000 simulated test sets of
/// 100 tracks, the 95 % interval contained the true difference in 93.6 %. It says how sure the difference
/// of these two trained models is; another training of each is another difference.
///
/// # Errors
///
/// [`Error::Unpaired`](crate::Error::Unpaired) when the lists or the units differ in their number of tracks;
/// else as [`bootstrap_interval`].
///
/// # Examples
///
/// ```
/// use mgc_train::{BootstrapConfig, Units, accuracy_difference};
///
/// let first: Vec<bool> = (0..100).map(|track| track % 10 != 0).collect(); // 90 right
/// let second: Vec<bool> = (0..100).map(|track| track % 5 != 0).collect(); // 80 right
/// let config = BootstrapConfig::default();
/// let compared = accuracy_difference(&first, &second, Units::Tracks(100), &config)?;
/// assert!((compared.difference - 0.1).abs() < 1e-15);
/// assert!(compared.interval.0 > 0.0, "the first is better");
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn accuracy_difference(
    first_right: &[bool],
    second_right: &[bool],
    units: Units<'_>,
    config: &BootstrapConfig,
) -> Result<AccuracyDifference> {
    check_pairs(first_right, second_right, "tracks", 2)?;
    units.check_tracks(first_right.len())?;
    let mean = |tracks: &[usize]| {
        let gain = |&track: &usize| i64::from(first_right[track]) - i64::from(second_right[track]);
        tracks.iter().map(gain).sum::<i64>() as f64 / tracks.len() as f64
    };
    let all: Vec<usize> = (0..first_right.len()).collect();
    Ok(AccuracyDifference { difference: mean(&all), interval: bootstrap_interval(units, mean, config)? })
}
