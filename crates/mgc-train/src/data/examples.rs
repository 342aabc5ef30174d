//! Examples that can be drawn in batches, and subsets of them.

use candle::{Result, Tensor, bail};

/// Labelled inputs that can be drawn in batches, from memory, disk or anywhere.
pub trait Examples {
    /// Number of examples.
    fn len(&self) -> usize;

    /// Inputs and labels of the examples at `indices`, in that order.
    ///
    /// # Shapes
    ///
    /// - inputs: (n, 1, frames, bands), `f32`
    /// - labels: (n), `u32`
    ///
    /// # Errors
    ///
    /// When an index is not below [`Examples::len`], or an example cannot be read.
    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)>;

    /// Whether there is no example.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Examples held in two tensors, first axis the example.
#[derive(Debug, Clone)]
pub struct TensorExamples {
    inputs: Tensor,
    labels: Tensor,
}

impl TensorExamples {
    /// Examples from inputs (n, ...) and labels (n) of type `u32`.
    ///
    /// # Errors
    ///
    /// When the lengths differ or the labels are not a `u32` vector.
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
}

/// Some of the examples of another set: one side of a fold.
#[derive(Debug, Clone)]
pub struct Subset<'a, E: ?Sized> {
    examples: &'a E,
    indices: Vec<usize>,
}

impl<'a, E: Examples + ?Sized> Subset<'a, E> {
    /// The examples at `indices`, in that order; an index may occur more than once.
    ///
    /// # Errors
    ///
    /// When an index is not below the number of examples.
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
}

pub(crate) fn check_indices(indices: &[usize], len: usize) -> Result<()> {
    match indices.iter().find(|&&index| index >= len) {
        Some(index) => bail!("example {index} was asked of {len} examples"),
        None => Ok(()),
    }
}
