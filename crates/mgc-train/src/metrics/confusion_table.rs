//! A confusion matrix as text.

use crate::metrics::confusion_matrix::ConfusionMatrix;
use std::fmt;

impl ConfusionMatrix {
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
    /// true jazz rock  recall  precision
    /// jazz    1    1   0.500      1.000
    /// rock    0    1   1.000      0.500
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
        ConfusionTable { confusion: self, names: (0..self.classes()).map(name).collect() }
    }
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
