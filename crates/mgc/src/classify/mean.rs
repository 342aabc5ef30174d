//! Averages of rows that arrive one by one.

/// The mean of rows of equal length.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mean {
    sum: Vec<f64>,
    rows: usize,
}

impl Mean {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: &[f64]) {
        match self.rows {
            0 => self.sum = row.to_vec(),
            _ => self.sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value),
        }
        self.rows += 1;
    }

    /// Returns the number of rows so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the mean row; no row gives an empty one.
    pub(crate) fn row(&self) -> Vec<f64> {
        self.sum.iter().map(|sum| sum / self.rows as f64).collect()
    }
}
