//! Weights of the classes, for data of unequal classes.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

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
    /// The names that [`str::parse`] knows.
    pub const NAMES: &'static [&'static str] = &["none", "balanced"];

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

/// The weights of a name.
///
/// ```
/// use mgc_train::ClassWeights;
///
/// assert_eq!("balanced".parse::<ClassWeights>()?, ClassWeights::Balanced);
/// let error = "equal".parse::<ClassWeights>().unwrap_err();
/// assert_eq!(error.to_string(), "class_weights is equal, expected none or balanced");
/// # Ok::<(), mgc_train::Error>(())
/// ```
impl FromStr for ClassWeights {
    type Err = Error;

    /// # Errors
    /// [`Error::Config`] for another name than [`NAMES`](Self::NAMES).
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "none" => Ok(Self::None),
            "balanced" => Ok(Self::Balanced),
            _ => {
                Err(Error::Config { name: "class_weights", value: name.into(), expected: "none or balanced" })
            }
        }
    }
}

impl fmt::Display for ClassWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}
