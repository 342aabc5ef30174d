//! Weights of the classes, for data of unequal classes.

use serde::{Deserialize, Serialize};

/// How much the training examples of each class count in the loss.
///
/// ```
/// use mgc_train::ClassWeights;
///
/// let counts = [60, 20, 0, 10]; // examples of each class
/// assert_eq!(ClassWeights::Balanced.weights(&counts), Some(vec![0.5, 1.5, 0.0, 3.0]));
/// assert_eq!(ClassWeights::None.weights(&counts), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ClassWeights {
    /// Every example counts alike, so a frequent class counts more.
    #[default]
    None,
    /// Every class counts alike: an example of a class with `count` of all `n` training examples has the
    /// weight n / (classes * count), as scikit-learn's `class_weight="balanced"`. The mean weight is 1.
    Balanced,
}

impl ClassWeights {
    /// Returns the weight of every class from the number of its examples; none where all count alike.
    ///
    /// Classes without an example do not count as classes; their weight is 0.
    #[must_use]
    pub fn weights(self, counts: &[usize]) -> Option<Vec<f64>> {
        let Self::Balanced = self else { return None };
        let total = counts.iter().sum::<usize>() as f64;
        let classes = counts.iter().filter(|count| **count > 0).count() as f64;
        let weight = |&count: &usize| if count == 0 { 0.0 } else { total / (classes * count as f64) };
        Some(counts.iter().map(weight).collect())
    }

    /// For serde: a run without weights writes the settings that it wrote before there were any.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::None
    }
}
