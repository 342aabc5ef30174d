//! Examples that can be drawn in batches, and subsets of them.

use candle::{Result, Tensor, bail};

/// Labelled inputs that can be drawn in batches, from memory, disk or anywhere else.
///
/// # Examples
///
/// A data set that computes its inputs:
///
/// ```
/// use mgc_train::Examples;
/// use mgc_train::candle::{Device, Result, Tensor};
///
/// /// Ten numbers; the label tells whether the number is even.
/// struct Parity;
///
/// impl Examples for Parity {
///     fn len(&self) -> usize {
///         10
///     }
///
///     fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
///         let inputs: Vec<f32> = indices.iter().map(|&i| i as f32).collect();
///         let labels: Vec<u32> = indices.iter().map(|&i| (i % 2 == 0) as u32).collect();
///         let count = indices.len();
///         let inputs = Tensor::from_vec(inputs, (count, 1), &Device::Cpu)?;
///         Ok((inputs, Tensor::from_vec(labels, count, &Device::Cpu)?))
///     }
/// }
///
/// let (inputs, labels) = Parity.batch(&[3, 4])?;
/// assert_eq!(inputs.to_vec2::<f32>()?, [[3.0], [4.0]]);
/// assert_eq!(labels.to_vec1::<u32>()?, [0, 1]);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub trait Examples {
    /// Returns the number of examples.
    fn len(&self) -> usize;

    /// Returns the inputs and labels of the examples at `indices`, in that order.
    ///
    /// # Shapes
    ///
    /// - inputs: (n, ...), as the model takes them; spectrograms are (n, 1, frames, bands), `f32`
    /// - labels: (n), `u32`
    ///
    /// # Errors
    ///
    /// When an index is not below [`Examples::len`], or an example cannot be read.
    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)>;

    /// Counts the examples of every class, up to the largest label.
    ///
    /// Class weights follow from it. The provided default draws every example once; override it where the
    /// labels are at hand.
    ///
    /// # Errors
    ///
    /// As [`Examples::batch`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Tensor};
    /// use mgc_train::{Examples, TensorExamples};
    ///
    /// let inputs = Tensor::new(&[[0f32], [1.0], [2.0]], &Device::Cpu)?;
    /// let examples = TensorExamples::new(inputs, Tensor::new(&[2u32, 0, 2], &Device::Cpu)?)?;
    /// assert_eq!(examples.label_counts()?, [1, 0, 2]);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    fn label_counts(&self) -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        for index in 0..self.len() {
            add_labels(&mut counts, &self.batch(&[index])?.1.to_vec1()?);
        }
        Ok(counts)
    }

    /// Returns the recording of each example, as any number of it, where several examples are chunks of one
    /// recording. The provided default is `None`: each example is a recording of its own.
    ///
    /// Validation counts recordings: it takes the mean of the probabilities over the chunks of each
    /// ([`mean_by_recording`](crate::mean_by_recording)). Training counts examples.
    fn recordings(&self) -> Option<Vec<usize>> {
        None
    }

    /// Returns whether there is no example.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Examples held in two tensors whose first axis is the example.
#[derive(Debug, Clone)]
pub struct TensorExamples {
    inputs: Tensor,
    labels: Tensor,
}

impl TensorExamples {
    /// Pairs inputs (n, ...) with labels (n) of type `u32`. Batches lie on the device of the inputs.
    ///
    /// # Errors
    ///
    /// When the lengths differ or the labels are not a `u32` vector.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Tensor};
    /// use mgc_train::{Examples, TensorExamples};
    ///
    /// let inputs = Tensor::new(&[[0f32, 1.0], [2.0, 3.0], [4.0, 5.0]], &Device::Cpu)?;
    /// let examples = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 0], &Device::Cpu)?)?;
    /// let (inputs, labels) = examples.batch(&[2, 0])?;
    /// assert_eq!(inputs.to_vec2::<f32>()?, [[4.0, 5.0], [0.0, 1.0]]);
    /// assert_eq!(labels.to_vec1::<u32>()?, [0, 0]);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn new(inputs: Tensor, labels: Tensor) -> Result<Self> {
        if labels.rank() != 1 || labels.dtype() != candle::DType::U32 {
            bail!("labels are {:?} {:?}, expected a u32 vector", labels.dtype(), labels.dims())
        }
        if inputs.dims().first() != labels.dims().first() {
            bail!("inputs {:?} for labels {:?}, expected one label per input", inputs.dims(), labels.dims())
        }
        Ok(Self { inputs, labels })
    }
}

impl Examples for TensorExamples {
    fn len(&self) -> usize {
        self.labels.elem_count()
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        check_indices(indices, self.len())?;
        let indices: Vec<u32> = indices.iter().map(|&i| i as u32).collect();
        let indices = Tensor::from_vec(indices.clone(), indices.len(), self.inputs.device())?;
        Ok((self.inputs.index_select(&indices, 0)?, self.labels.index_select(&indices, 0)?))
    }

    fn label_counts(&self) -> Result<Vec<usize>> {
        Ok(count_labels(&self.labels.to_vec1()?))
    }
}

/// A part of another set of examples, such as one side of a fold.
#[derive(Debug, Clone)]
pub struct Subset<'a, E: ?Sized> {
    examples: &'a E,
    indices: Vec<usize>,
}

impl<'a, E: Examples + ?Sized> Subset<'a, E> {
    /// Selects the examples at `indices`, in that order. An index may occur more than once.
    ///
    /// # Errors
    ///
    /// When an index is not below the number of examples.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Tensor};
    /// use mgc_train::{Examples, Subset, TensorExamples};
    ///
    /// let inputs = Tensor::new(&[[0f32], [1.0], [2.0]], &Device::Cpu)?;
    /// let all = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 0], &Device::Cpu)?)?;
    /// let train = Subset::new(&all, vec![0, 2])?;
    /// assert_eq!(train.len(), 2);
    /// assert_eq!(train.batch(&[1])?.0.to_vec2::<f32>()?, [[2.0]]);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn new(examples: &'a E, indices: Vec<usize>) -> Result<Self> {
        check_indices(&indices, examples.len())?;
        Ok(Self { examples, indices })
    }
}

impl<E: Examples + ?Sized> Examples for Subset<'_, E> {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        check_indices(indices, self.len())?;
        let indices: Vec<usize> = indices.iter().map(|&i| self.indices[i]).collect();
        self.examples.batch(&indices)
    }

    fn recordings(&self) -> Option<Vec<usize>> {
        let all = self.examples.recordings()?;
        Some(self.indices.iter().filter_map(|&index| all.get(index).copied()).collect())
    }
}

/// Counts labels, up to the largest.
pub(crate) fn count_labels(labels: &[u32]) -> Vec<usize> {
    let mut counts = Vec::new();
    add_labels(&mut counts, labels);
    counts
}

fn add_labels(counts: &mut Vec<usize>, labels: &[u32]) {
    for &label in labels {
        let label = label as usize;
        counts.resize(counts.len().max(label + 1), 0);
        counts[label] += 1;
    }
}

pub(crate) fn check_indices(indices: &[usize], len: usize) -> Result<()> {
    match indices.iter().find(|&&index| index >= len) {
        Some(index) => bail!("example {index} was requested, but there are only {len} examples"),
        None => Ok(()),
    }
}
