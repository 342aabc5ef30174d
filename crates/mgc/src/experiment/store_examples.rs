//! Training examples from a feature store on disk.

use candle::{Device, Result, Tensor, bail};
use mgc_datasets::FeatureStore;
use mgc_train::Examples;
use std::sync::Arc;

/// Rows of a [`FeatureStore`] with their labels, copied into a tensor when a batch is drawn.
///
/// The rows stay in the mapped file, so main memory holds no more than the batch and what the operating
/// system chooses to cache: a dataset may be larger than memory.
#[derive(Debug, Clone)]
pub struct StoreExamples {
    store: Arc<FeatureStore>,
    rows: Vec<usize>,
    labels: Vec<u32>,
    device: Device,
}

impl StoreExamples {
    /// Takes the rows of a store, each with its label; batches are made on `device`.
    ///
    /// # Errors
    /// When there are not as many labels as rows, or the store has no such row.
    pub fn new(
        store: Arc<FeatureStore>,
        rows: Vec<usize>,
        labels: Vec<u32>,
        device: &Device,
    ) -> Result<Self> {
        if rows.len() != labels.len() {
            bail!("{} rows and {} labels", rows.len(), labels.len())
        }
        match rows.iter().find(|row| **row >= store.rows()) {
            Some(row) => bail!("row {row} was asked of a store of {} rows", store.rows()),
            None => Ok(Self { store, rows, labels, device: device.clone() }),
        }
    }
}

impl Examples for StoreExamples {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        let (frames, bands) = self.store.shape();
        let mut values: Vec<f32> = Vec::with_capacity(indices.len() * frames * bands);
        let mut labels = Vec::with_capacity(indices.len());
        for &index in indices {
            let (Some(&row), Some(&label)) = (self.rows.get(index), self.labels.get(index)) else {
                bail!("example {index} was asked of {} examples", self.rows.len())
            };
            values.extend(self.store.row(row).map_err(candle::Error::wrap)?.iter());
            labels.push(label);
        }
        let count = indices.len();
        Ok((
            Tensor::from_vec(values, (count, 1, frames, bands), &self.device)?,
            Tensor::from_vec(labels, count, &self.device)?,
        ))
    }

    fn label_counts(&self) -> Result<Vec<usize>> {
        let classes = self.labels.iter().max().map_or(0, |label| *label as usize + 1);
        let count = |class| self.labels.iter().filter(|label| **label as usize == class).count();
        Ok((0..classes).map(count).collect())
    }
}
