//! Counts of true against predicted classes, and the rates that follow from them.

use crate::error::{Error, Result};
use crate::metrics::interval::wilson_interval;
use std::fmt;

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

    /// Formats the matrix as a text table: a row per true class, a column per predicted class, then recall
    /// and precision. Classes without a label are named by their number.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::ConfusionMatrix;
    ///
    /// let confusion = ConfusionMatrix::new(2, &[0, 0, 1], &[0, 1, 1])?;
    /// let expected = "\
    /// true  jazz rock  recall  precision
    /// jazz     1    1   0.500      1.000
    /// rock     0    1   1.000      0.500
    /// ";
    /// assert_eq!(confusion.table(&["jazz", "rock"]).to_string(), expected);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn table<'a, S: AsRef<str>>(&'a self, labels: &'a [S]) -> ConfusionTable<'a> {
        let name = |class: usize| match labels.get(class) {
            Some(label) => label.as_ref().to_string(),
            None => class.to_string(),
        };
        ConfusionTable { confusion: self, names: (0..self.classes).map(name).collect() }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A confusion matrix with labels, ready to be printed; see [`ConfusionMatrix::table`].
#[derive(Debug, Clone)]
pub struct ConfusionTable<'a> {
    confusion: &'a ConfusionMatrix,
    names: Vec<String>,
}

impl fmt::Display for ConfusionTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = |names: &[String]| names.iter().map(|name| name.chars().count()).max();
        let name_width = widest(&self.names).unwrap_or(0).max("true".len());
        let cell = self.confusion.total().to_string().len().max(4);
        let short = |name: &String| name.chars().take(cell).collect::<String>();
        write!(f, "{:name_width$}", "true")?;
        for name in &self.names {
            write!(f, " {:>cell$}", short(name))?;
        }
        writeln!(f, "  recall  precision")?;
        for (truth, name) in self.names.iter().enumerate() {
            write!(f, "{name:name_width$}")?;
            for predicted in 0..self.names.len() {
                write!(f, " {:>cell$}", self.confusion.count(truth, predicted))?;
            }
            let (recall, precision) = (self.confusion.recall(truth), self.confusion.precision(truth));
            writeln!(f, "  {recall:>6.3}  {precision:>9.3}")?;
        }
        Ok(())
    }
}
