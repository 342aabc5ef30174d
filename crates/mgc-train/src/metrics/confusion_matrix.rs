//! Counts of true against predicted classes, and the rates that follow from them.

use crate::error::{Error, Result};
use crate::metrics::interval::wilson_interval;

/// The number of examples of each true class that were predicted as each class.
///
/// All rates are in [0, 1]. A rate whose denominator is 0 is 0 (`zero_division=0` of scikit-learn).
///
/// # Examples
///
/// ```
/// use mgc_train::ConfusionMatrix;
///
/// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
/// assert_eq!(confusion.accuracy(), 0.5);
/// assert_eq!(confusion.recall(0), 0.5);
/// assert_eq!(confusion.count(2, 1), 1);
/// println!("{}", confusion.table(&["blues", "jazz", "rock"]));
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<usize>,
}

impl ConfusionMatrix {
    /// Counts the pairs of true and predicted class.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] when the lists differ in length, [`Error::Label`] when a class is not below
    /// `classes`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{ConfusionMatrix, Error};
    ///
    /// assert_eq!(ConfusionMatrix::new(2, &[0, 1, 1], &[0, 1, 0])?.total(), 3);
    /// assert!(matches!(ConfusionMatrix::new(2, &[2], &[0]), Err(Error::Label { label: 2, classes: 2 })));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn new(classes: usize, truth: &[u32], predicted: &[u32]) -> Result<Self> {
        if truth.len() != predicted.len() {
            return Err(Error::Lengths { truth: truth.len(), predicted: predicted.len() });
        }
        if let Some(&label) = truth.iter().chain(predicted).find(|&&class| class as usize >= classes) {
            return Err(Error::Label { label, classes });
        }
        let mut counts = vec![0; classes * classes];
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            counts[truth as usize * classes + predicted as usize] += 1;
        }
        Ok(Self { classes, counts })
    }

    /// Returns the number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Returns the number of examples.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Returns the number of examples of class `truth` that were predicted as `predicted`; 0 for an unknown
    /// class.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert_eq!(confusion.count(0, 1), 1);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        match truth < self.classes && predicted < self.classes {
            true => self.counts[truth * self.classes + predicted],
            false => 0,
        }
    }

    /// Returns the number of examples of class `class`.
    #[must_use]
    pub fn support(&self, class: usize) -> usize {
        (0..self.classes).map(|predicted| self.count(class, predicted)).sum()
    }

    /// Returns the number of examples that were predicted as `class`.
    #[must_use]
    pub fn predicted(&self, class: usize) -> usize {
        (0..self.classes).map(|truth| self.count(truth, class)).sum()
    }

    /// Returns the number of examples that were predicted right.
    #[must_use]
    pub fn correct(&self) -> usize {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Returns the share of examples that were predicted right.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert_eq!(confusion.accuracy(), 0.5);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        ratio(self.correct(), self.total())
    }

    /// Returns the lower and upper end of the accuracy's 95 % confidence interval by [`wilson_interval`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let (low, high) = ConfusionMatrix::new(2, &[0, 1, 1, 0], &[0, 1, 0, 0])?.accuracy_interval();
    /// assert_eq!(format!("{low:.2} to {high:.2}"), "0.30 to 0.95", "four examples say little");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn accuracy_interval(&self) -> (f64, f64) {
        wilson_interval(self.correct(), self.total())
    }

    /// Returns the share of the examples of `class` that were predicted as `class`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert_eq!((confusion.recall(0), confusion.recall(2)), (0.5, 0.0));
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.count(class, class), self.support(class))
    }

    /// Returns the recall's 95 % confidence interval by [`wilson_interval`]; (0, 1) for a class without
    /// examples.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let (low, high) = ConfusionMatrix::new(2, &[0, 0, 0, 1], &[0, 0, 0, 1])?.recall_interval(0);
    /// assert_eq!(format!("{low:.2} to {high:.2}"), "0.44 to 1.00", "three examples say little");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn recall_interval(&self, class: usize) -> (f64, f64) {
        wilson_interval(self.count(class, class), self.support(class))
    }

    /// Returns the unweighted mean of [`ConfusionMatrix::recall`] over the classes that have examples:
    /// `balanced_accuracy_score` of scikit-learn. Every class counts the same, however many examples it has.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(2, &[0, 0, 0, 1], &[0, 0, 0, 0])?;
    /// assert_eq!((confusion.accuracy(), confusion.balanced_accuracy()), (0.75, 0.5));
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn balanced_accuracy(&self) -> f64 {
        let present: Vec<usize> = (0..self.classes).filter(|&class| self.support(class) > 0).collect();
        let sum: f64 = present.iter().map(|&class| self.recall(class)).sum();
        if present.is_empty() { 0.0 } else { sum / present.len() as f64 }
    }

    /// Returns the share of the examples predicted as `class` that are of `class`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert_eq!(confusion.precision(1), 1.0 / 3.0);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.count(class, class), self.predicted(class))
    }

    /// Returns the harmonic mean of recall and precision: 2 right / (true + predicted).
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert_eq!(confusion.f1(0), 2.0 / 3.0);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.count(class, class), self.support(class) + self.predicted(class))
    }

    /// Returns the unweighted mean of [`ConfusionMatrix::f1`] over the classes that occur in the truth or in
    /// the predictions, as scikit-learn's `f1_score(average="macro", zero_division=0)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    /// assert!((confusion.macro_f1() - (2.0 / 3.0 + 0.5 + 0.0) / 3.0).abs() < 1e-15);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        let occurs = |&class: &usize| self.support(class) + self.predicted(class) > 0;
        let present: Vec<usize> = (0..self.classes).filter(occurs).collect();
        let sum: f64 = present.iter().map(|&class| self.f1(class)).sum();
        if present.is_empty() { 0.0 } else { sum / present.len() as f64 }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
