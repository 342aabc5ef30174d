//! A spectrogram with parts of it replaced, as a network answers it.

use super::patches::Patch;
use super::{ExplainError, Fill};
use crate::error::Result;
use candle::{Device, Tensor};
use ndarray::{Array1, Array2, Axis};

/// Spectrograms that go through the network at once.
const BATCH: usize = 8;

/// A spectrogram of which any part can be replaced by neutral values.
pub(super) struct Eraser<'a> {
    spectrogram: &'a Array2<f32>,
    neutral: Array1<f32>,
}

impl<'a> Eraser<'a> {
    pub(super) fn new(spectrogram: &'a Array2<f32>, fill: Fill) -> Result<Self> {
        match spectrogram.is_empty() {
            true => Err(ExplainError::Empty.into()),
            false => Ok(Self { neutral: fill.values(spectrogram), spectrogram }),
        }
    }

    /// Returns the probabilities of all classes with the patches of each variant replaced.
    pub(super) fn answers(
        &self,
        variants: &[Vec<Patch>],
        mut answer: impl FnMut(&Tensor) -> Result<Vec<Vec<f64>>>,
    ) -> Result<Vec<Vec<f64>>> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(variants.len());
        for batch in variants.chunks(BATCH) {
            let answers = answer(&self.tensor(batch)?)?;
            let classes = rows.first().or(answers.first()).map_or(0, Vec::len);
            if answers.len() != batch.len() || classes == 0 || answers.iter().any(|row| row.len() != classes)
            {
                return Err(ExplainError::Answers { actual: answers.len(), expected: batch.len() }.into());
            }
            rows.extend(answers);
        }
        Ok(rows)
    }

    /// (N, 1, frames, bands)
    fn tensor(&self, variants: &[Vec<Patch>]) -> Result<Tensor> {
        let (frames, bands) = self.spectrogram.dim();
        let values: Vec<f32> = variants.iter().flat_map(|patches| self.without(patches)).collect();
        Ok(Tensor::from_vec(values, (variants.len(), 1, frames, bands), &Device::Cpu)?)
    }

    fn without(&self, patches: &[Patch]) -> Vec<f32> {
        let mut erased = self.spectrogram.as_standard_layout().into_owned();
        for patch in patches {
            let neutral = self.neutral.slice_axis(Axis(0), patch.bands.clone().into());
            patch.view_mut(&mut erased).assign(&neutral);
        }
        erased.into_raw_vec_and_offset().0
    }
}

/// Checks that an answer has this class.
pub(super) fn check_class(class: usize, answer: &[f64]) -> Result<()> {
    match class < answer.len() {
        true => Ok(()),
        false => Err(ExplainError::Class { class, classes: answer.len() }.into()),
    }
}
