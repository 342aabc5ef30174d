//! Evaluation of a model that returns its inputs as logits.

use candle_nn::ModuleT;
use mgc_train::candle::{Device, Result, Tensor};
use mgc_train::{Error, Subset, TensorExamples, evaluate};

/// Returns its input; fails in training mode.
struct Identity;

impl ModuleT for Identity {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        assert!(!train, "evaluation runs in evaluation mode");
        Ok(xs.clone())
    }
}

fn examples(labels: [u32; 3]) -> Result<TensorExamples> {
    let logits = Tensor::new(&[[0f32, 3f32.ln()], [1000.0, 1000.0], [7.0, f32::NAN]], &Device::Cpu)?;
    TensorExamples::new(logits, Tensor::new(&labels, &Device::Cpu)?)
}

#[test]
fn probabilities_predictions_and_loss_follow_from_the_logits() -> std::result::Result<(), Error> {
    /// Logits are f32.
    const TOLERANCE: f64 = 1e-7;
    let examples = examples([1, 0, 0])?;
    let finite = Subset::new(&examples, vec![0, 1])?;
    let evaluation = evaluate(&Identity, &finite, 8)?;
    assert_eq!(evaluation.predictions, [1, 0]);
    assert!((evaluation.probabilities[0][1] - 0.75).abs() < TOLERANCE);
    assert_eq!(evaluation.probabilities[1], [0.5, 0.5]);
    let expected = -(0.75f64.ln() + 0.5f64.ln()) / 2.0;
    assert!((evaluation.loss - expected).abs() < TOLERANCE, "{}", evaluation.loss);
    assert_eq!(evaluation.metrics().accuracy, 1.0);
    Ok(())
}

#[test]
fn the_batch_size_changes_nothing() -> std::result::Result<(), Error> {
    let examples = examples([1, 0, 0])?;
    let examples = Subset::new(&examples, vec![0, 1, 0, 1, 1])?;
    let whole = evaluate(&Identity, &examples, 100)?;
    for batch_size in 1..6 {
        assert_eq!(evaluate(&Identity, &examples, batch_size)?, whole);
    }
    Ok(())
}

#[test]
fn a_logit_that_is_no_number_is_never_predicted_and_shows_in_the_loss() -> std::result::Result<(), Error> {
    let examples = examples([0, 0, 0])?;
    let evaluation = evaluate(&Identity, &Subset::new(&examples, vec![2])?, 1)?;
    assert_eq!(evaluation.predictions, [0]);
    assert!(evaluation.loss.is_nan());
    Ok(())
}

#[test]
fn what_cannot_be_evaluated_is_a_typed_error() -> std::result::Result<(), Error> {
    let labelled = examples([1, 2, 0])?;
    let empty = Subset::new(&labelled, vec![])?;
    assert!(matches!(evaluate(&Identity, &empty, 8), Err(Error::NoExamples(_))));
    assert!(matches!(evaluate(&Identity, &labelled, 0), Err(Error::Config { name: "batch_size", .. })));
    assert!(matches!(evaluate(&Identity, &labelled, 8), Err(Error::Label { label: 2, classes: 2 })));
    Ok(())
}
