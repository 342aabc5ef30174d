//! What a network says at each place of its last map.

/// The logits of every place of a network's last map.
pub(crate) struct Places {
    pub(crate) size: (usize, usize),
    pub(crate) logits: Vec<Vec<f64>>,
}

impl Places {
    /// `logits`: a row for each place, time outermost.
    pub(crate) fn new(size: (usize, usize), logits: Vec<Vec<f64>>) -> Self {
        Self { size, logits }
    }

    pub(crate) fn of(&self, row: usize, column: usize) -> &[f64] {
        &self.logits[row * self.size.1 + column]
    }
}
