//! Counts of true against predicted classes, and the rates that follow from them.

use crate::error::{Error, Result};
use crate::metrics::interval::wilson_interval;
use std::fmt;

/// How often each true class was predicted as each class.
///
/// All rates are in [0, 1]; a rate whose denominator is 0 is 0 (`zero_division=0` of scikit-learn).
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
    /// Counts pairs of true and predicted class.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] when the lists differ in length, [`Error::Label`] when a class is not
    /// below `classes`.
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

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of examples.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Examples of class `truth` that were predicted as `predicted`; 0 for an unknown class.
    #[must_use]
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        match truth < self.classes && predicted < self.classes {
            true => self.counts[truth * self.classes + predicted],
            false => 0,
        }
    }

    /// Examples of class `class`.
    #[must_use]
    pub fn support(&self, class: usize) -> usize {
        (0..self.classes).map(|predicted| self.count(class, predicted)).sum()
    }

    /// Examples predicted as `class`.
    #[must_use]
    pub fn predicted(&self, class: usize) -> usize {
        (0..self.classes).map(|truth| self.count(truth, class)).sum()
    }

    /// Number of examples predicted right.
    #[must_use]
    pub fn correct(&self) -> usize {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Share of examples predicted right.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        ratio(self.correct(), self.total())
    }

    /// Returns the 95 % confidence interval of the accuracy by [`wilson_interval`].
    #[must_use]
    pub fn accuracy_interval(&self) -> (f64, f64) {
        wilson_interval(self.correct(), self.total())
    }

    /// Share of the examples of `class` that were predicted as it.
    #[must_use]
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.count(class, class), self.support(class))
    }

    /// Share of the examples predicted as `class` that are of it.
    #[must_use]
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.count(class, class), self.predicted(class))
    }

    /// Harmonic mean of recall and precision: 2 right / (true + predicted).
    #[must_use]
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.count(class, class), self.support(class) + self.predicted(class))
    }

    /// Unweighted mean of [`ConfusionMatrix::f1`] over the classes that occur in the truth or in the
    /// predictions, as scikit-learn's `f1_score(average="macro", zero_division=0)`.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        let occurs = |&class: &usize| self.support(class) + self.predicted(class) > 0;
        let present: Vec<usize> = (0..self.classes).filter(occurs).collect();
        let sum: f64 = present.iter().map(|&class| self.f1(class)).sum();
        if present.is_empty() { 0.0 } else { sum / present.len() as f64 }
    }

    /// The matrix as a text table: a row per true class, a column per predicted class, then recall
    /// and precision. Classes without a label are named by their number.
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

/// What [`ConfusionMatrix::table`] returns, to be printed.
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
