//! Spectrograms of one size in main memory.

use crate::data::examples::{Examples, check_indices, count_labels};
use crate::error::{Error, Result};
use candle::{Device, Tensor};

/// Spectrograms of one size in main memory. A batch becomes a tensor when it is drawn.
///
/// The memory is that of the values: 4 bytes x frames x bands for each example (331 kB at 647 x 128). Only
/// the batch in use lies on the device.
///
/// # Examples
///
/// ```
/// use mgc_train::{Examples, SpectrogramExamples};
/// use mgc_train::candle::Device;
///
/// let mut examples = SpectrogramExamples::new(2, 3, &Device::Cpu);
/// examples.push(vec![0.0, 0.1, 0.2, 1.0, 1.1, 1.2], 7)?;
/// let (inputs, labels) = examples.batch(&[0])?;
/// assert_eq!(inputs.dims(), [1, 1, 2, 3]);
/// assert_eq!(labels.to_vec1::<u32>()?, [7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SpectrogramExamples {
    frames: usize,
    bands: usize,
    device: Device,
    values: Vec<Vec<f32>>,
    labels: Vec<u32>,
}

impl SpectrogramExamples {
    /// Returns an empty set whose batches are made on `device`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::Device;
    /// use mgc_train::{Examples, SpectrogramExamples};
    ///
    /// let examples = SpectrogramExamples::new(647, 128, &Device::Cpu);
    /// assert!(examples.is_empty());
    /// ```
    #[must_use]
    pub fn new(frames: usize, bands: usize, device: &Device) -> Self {
        Self { frames, bands, device: device.clone(), values: Vec::new(), labels: Vec::new() }
    }

    /// Adds a spectrogram in which the value of frame f and band b lies at `f * bands + b`.
    ///
    /// # Errors
    ///
    /// [`Error::SpectrogramSize`] when it does not hold frames x bands values.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::Device;
    /// use mgc_train::{Error, SpectrogramExamples};
    ///
    /// let mut examples = SpectrogramExamples::new(2, 3, &Device::Cpu);
    /// examples.push(vec![0.0; 6], 1)?;
    /// let error = examples.push(vec![0.0; 5], 1).unwrap_err();
    /// assert!(matches!(error, Error::SpectrogramSize { actual: 5, .. }));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn push(&mut self, spectrogram: Vec<f32>, label: u32) -> Result<()> {
        if spectrogram.len() != self.frames * self.bands {
            return Err(Error::SpectrogramSize {
                index: self.len(),
                actual: spectrogram.len(),
                frames: self.frames,
                bands: self.bands,
            });
        }
        self.values.push(spectrogram);
        self.labels.push(label);
        Ok(())
    }

    /// Returns the labels, in the order of the examples.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::SpectrogramExamples;
    /// use mgc_train::candle::Device;
    ///
    /// let mut examples = SpectrogramExamples::new(1, 2, &Device::Cpu);
    /// examples.push(vec![0.0, 0.1], 4)?;
    /// examples.push(vec![0.2, 0.3], 2)?;
    /// assert_eq!(examples.labels(), [4, 2]);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }
}

impl Examples for SpectrogramExamples {
    fn len(&self) -> usize {
        self.labels.len()
    }

    fn batch(&self, indices: &[usize]) -> candle::Result<(Tensor, Tensor)> {
        check_indices(indices, self.len())?;
        let mut values = Vec::with_capacity(indices.len() * self.frames * self.bands);
        for &index in indices {
            values.extend_from_slice(&self.values[index]);
        }
        let labels: Vec<u32> = indices.iter().map(|&index| self.labels[index]).collect();
        let shape = (indices.len(), 1, self.frames, self.bands);
        Ok((
            Tensor::from_vec(values, shape, &self.device)?,
            Tensor::from_vec(labels, indices.len(), &self.device)?,
        ))
    }

    fn label_counts(&self) -> candle::Result<Vec<usize>> {
        Ok(count_labels(&self.labels))
    }
}
