//! Holm's adjustment of several p values.

use crate::error::{Error, Result};

/// Returns p values adjusted for their number, in the order given.
///
/// Ten independent tests of equal models at the 5 % level find a difference in at least one of them in 40 of
/// 100 cases. With adjusted p values it is at most 5 of 100, also where the tests depend on each other. It is
/// `multipletests(method="holm")` of statsmodels.
///
/// Source: S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979.
///
/// # Errors
///
/// [`Error::Value`] for a p value outside 0 to 1.
///
/// # Examples
///
/// ```
/// assert_eq!(mgc_train::holm(&[0.25, 0.125, 0.5])?, [0.5, 0.375, 0.5]);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn holm(p_values: &[f64]) -> Result<Vec<f64>> {
    if let Some(index) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        let (what, expected) = ("p value", "a number from 0 to 1");
        return Err(Error::Value { what, index, value: p_values[index], expected });
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (place, &index) in order.iter().enumerate() {
        let remaining = (p_values.len() - place) as f64;
        largest = largest.max((remaining * p_values[index]).min(1.0));
        adjusted[index] = largest;
    }
    Ok(adjusted)
}
