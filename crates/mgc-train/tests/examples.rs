//! Sets of examples.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::candle::{Device, Result, Tensor};
use mgc_train::{Error, Examples, SpectrogramExamples, Subset, TensorExamples};

/// Example i is a 2 x 3 spectrogram filled with i, of class i.
fn spectrograms(count: u32) -> SpectrogramExamples {
    let mut examples = SpectrogramExamples::new(2, 3, &Device::Cpu);
    for i in 0..count {
        examples.push(vec![i as f32; 6], i).unwrap();
    }
    examples
}

fn labels(examples: &impl Examples, indices: &[usize]) -> Result<Vec<u32>> {
    let (inputs, labels) = examples.batch(indices)?;
    let labels: Vec<u32> = labels.to_vec1()?;
    assert_eq!(inputs.dims(), [indices.len(), 1, 2, 3]);
    let firsts: Vec<f32> = inputs.flatten_from(1)?.get_on_dim(1, 0)?.to_vec1()?;
    assert!(firsts.iter().zip(&labels).all(|(first, label)| *first == *label as f32));
    Ok(labels)
}

#[test]
fn a_batch_holds_the_examples_in_the_order_asked_for() -> Result<()> {
    let examples = spectrograms(5);
    assert_eq!(examples.len(), 5);
    assert_eq!(labels(&examples, &[4, 0, 4])?, [4, 0, 4]);
    Ok(())
}

#[test]
fn tensors_give_the_same_batches_as_spectrograms() -> Result<()> {
    let examples = spectrograms(5);
    let (inputs, classes) = examples.batch(&[0, 1, 2, 3, 4])?;
    let tensors = TensorExamples::new(inputs, classes)?;
    assert_eq!(tensors.len(), 5);
    assert_eq!(labels(&tensors, &[3, 1])?, labels(&examples, &[3, 1])?);
    Ok(())
}

#[test]
fn a_subset_renumbers_its_examples() -> Result<()> {
    let examples = spectrograms(5);
    let subset = Subset::new(&examples, vec![4, 2])?;
    assert_eq!((subset.len(), subset.is_empty()), (2, false));
    assert_eq!(labels(&subset, &[1, 0])?, [2, 4]);
    assert!(Subset::new(&examples, vec![5]).is_err());
    Ok(())
}

#[test]
fn an_index_beyond_the_examples_is_an_error() -> Result<()> {
    let examples = spectrograms(2);
    assert!(examples.batch(&[2]).is_err());
    assert!(Subset::new(&examples, vec![0])?.batch(&[1]).is_err());
    let (inputs, labels) = examples.batch(&[0, 1])?;
    assert!(TensorExamples::new(inputs, labels)?.batch(&[2]).is_err());
    Ok(())
}

#[test]
fn a_spectrogram_of_another_size_is_a_typed_error() {
    let error = spectrograms(2).push(vec![0.0; 5], 0).unwrap_err();
    assert!(matches!(error, Error::SpectrogramSize { index: 2, actual: 5, frames: 2, bands: 3 }));
}

#[test]
fn tensors_whose_lengths_or_types_do_not_fit_are_refused() -> Result<()> {
    let inputs = Tensor::new(&[[1f32], [2.0]], &Device::Cpu)?;
    assert!(TensorExamples::new(inputs.clone(), Tensor::new(&[0u32], &Device::Cpu)?).is_err());
    assert!(TensorExamples::new(inputs, Tensor::new(&[0i64, 1], &Device::Cpu)?).is_err());
    Ok(())
}
