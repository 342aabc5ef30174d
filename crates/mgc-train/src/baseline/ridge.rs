//! Ridge regression on the classes.

use crate::baseline::cholesky::solve;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Settings of a [`RidgeClassifier`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RidgeConfig {
    /// The penalty on the squares of the weights, above 0. Default 100.
    pub alpha: f64,
}

impl Default for RidgeConfig {
    fn default() -> Self {
        Self { alpha: 100.0 }
    }
}

/// A linear classifier: least squares on targets of 1 for the class and -1 for the others, with a penalty on
/// the weights.
///
/// Features are standardised first, with the means and deviations of the training examples; a constant feature
/// counts for nothing. The intercept carries no penalty. This is scikit-learn's `StandardScaler` followed by
/// `RidgeClassifier`. It is fitted in closed form: the same examples give the same weights.
///
/// # Examples
///
/// ```
/// use mgc_train::{RidgeClassifier, RidgeConfig};
///
/// let features = [vec![0., 1.], vec![1., 1.], vec![4., 0.], vec![5., 0.]];
/// let ridge = RidgeClassifier::fit(&features, &[0, 0, 1, 1], RidgeConfig { alpha: 1.0 })?;
/// assert_eq!(ridge.predict(&[4.5, 0.2])?, 1);
/// assert!(ridge.scores(&[0.5, 1.0])?[0] > 0.5);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RidgeClassifier {
    means: Vec<f64>,
    /// Zero for a constant feature.
    scales: Vec<f64>,
    /// A row for each class.
    weights: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

impl RidgeClassifier {
    /// Fits the weights to examples with their labels. The classes are those up to the largest label.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of labels than examples, [`Error::TooFew`] for fewer than two
    /// examples, [`Error::Features`] for examples of other lengths than the first, [`Error::Value`] for a
    /// feature that is not finite, [`Error::Config`] for a penalty that is not above 0, or too small for
    /// these features.
    pub fn fit(features: &[Vec<f64>], labels: &[u32], config: RidgeConfig) -> Result<Self> {
        check(features, labels)?;
        let unfit = || Error::Config {
            name: "alpha",
            value: config.alpha.to_string(),
            expected: "a finite number above 0, larger where features depend on each other",
        };
        if !(config.alpha.is_finite() && config.alpha > 0.0) {
            return Err(unfit());
        }
        let (means, scales) = standard(features);
        let rows: Vec<Vec<f64>> = features.iter().map(|row| scaled(row, &means, &scales)).collect();
        let classes = labels.iter().max().map_or(0, |label| *label as usize + 1);
        let targets: Vec<Vec<f64>> = (0..classes).map(|class| target(labels, class)).collect();
        let intercepts: Vec<f64> = targets.iter().map(|target| mean(target.iter())).collect();
        let mut weights: Vec<Vec<f64>> = targets.iter().map(|target| products(&rows, target)).collect();
        let mut gram = gram(&rows, config.alpha);
        match solve(&mut gram, &mut weights) {
            true => Ok(Self { means, scales, weights, intercepts }),
            false => Err(unfit()),
        }
    }

    /// Returns the value of the fitted function of each class: about 1 for the class, -1 for others.
    ///
    /// # Errors
    ///
    /// [`Error::Features`] for another number of features than the training examples had.
    pub fn scores(&self, features: &[f64]) -> Result<Vec<f64>> {
        check_length(0, features, self.means.len())?;
        let features = scaled(features, &self.means, &self.scales);
        let score = |(weights, intercept): (&Vec<f64>, &f64)| dot(weights, &features) + intercept;
        Ok(self.weights.iter().zip(&self.intercepts).map(score).collect())
    }

    /// Returns the class of the largest score, the first of equal ones.
    ///
    /// # Errors
    ///
    /// As [`scores`](Self::scores).
    pub fn predict(&self, features: &[f64]) -> Result<u32> {
        let scores = self.scores(features)?;
        let better = |best: usize, class: usize| if scores[class] > scores[best] { class } else { best };
        Ok((0..scores.len()).reduce(better).unwrap_or_default() as u32)
    }
}

fn check(features: &[Vec<f64>], labels: &[u32]) -> Result<()> {
    if features.len() != labels.len() {
        return Err(Error::Lengths { truth: labels.len(), predicted: features.len() });
    }
    if features.len() < 2 {
        return Err(Error::TooFew { what: "examples", actual: features.len(), least: 2 });
    }
    for (index, row) in features.iter().enumerate() {
        check_length(index, row, features[0].len())?;
        if let Some(&value) = row.iter().find(|value| !value.is_finite()) {
            return Err(Error::Value {
                what: "a feature of example",
                index,
                value,
                expected: "a finite number",
            });
        }
    }
    Ok(())
}

fn check_length(index: usize, features: &[f64], expected: usize) -> Result<()> {
    match features.len() {
        actual if actual == expected => Ok(()),
        actual => Err(Error::Features { index, actual, expected }),
    }
}

/// Returns the mean of each feature and what to multiply its distance from the mean by.
fn standard(features: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let columns = 0..features[0].len();
    let means: Vec<f64> = columns.map(|column| mean(features.iter().map(|row| &row[column]))).collect();
    let scale = |(column, centre): (usize, &f64)| {
        let squares: Vec<f64> = features.iter().map(|row| (row[column] - centre).powi(2)).collect();
        let deviation = mean(squares.iter()).sqrt();
        // rounding alone separates the values of a constant feature from their mean
        if deviation > 10.0 * f64::EPSILON * centre.abs() { deviation.recip() } else { 0.0 }
    };
    let scales = means.iter().enumerate().map(scale).collect();
    (means, scales)
}

fn scaled(row: &[f64], means: &[f64], scales: &[f64]) -> Vec<f64> {
    row.iter().zip(means).zip(scales).map(|((value, mean), scale)| (value - mean) * scale).collect()
}

fn target(labels: &[u32], class: usize) -> Vec<f64> {
    labels.iter().map(|&label| if label as usize == class { 1.0 } else { -1.0 }).collect()
}

/// Returns the sum of the rows, each times its factor.
fn products(rows: &[Vec<f64>], factors: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; rows[0].len()];
    for (row, factor) in rows.iter().zip(factors) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * factor);
    }
    sums
}

/// Returns the lower triangle of the products of all pairs of features, the penalty added to the diagonal.
fn gram(rows: &[Vec<f64>], alpha: f64) -> Vec<Vec<f64>> {
    let count = rows[0].len();
    let columns: Vec<Vec<f64>> =
        (0..count).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
    let row = |i: usize| -> Vec<f64> { (0..=i).map(|j| dot(&columns[i], &columns[j])).collect() };
    let mut gram: Vec<Vec<f64>> = (0..count).map(row).collect();
    gram.iter_mut().enumerate().for_each(|(i, row)| row[i] += alpha);
    gram
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn mean<'a>(values: impl ExactSizeIterator<Item = &'a f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}
