//! The figures of `fixtures/generate_statistics.py`.

use serde_json::Value;

const FIXTURE: &str = include_str!("../fixtures/statistics.json");

/// The incomplete beta function of statrs and that of scipy, at up to 10,000 degrees of freedom.
pub(crate) const TOLERANCE: f64 = 1e-10;

/// Returns the cases of a kind.
pub(crate) fn cases(kind: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    fixture[kind].as_array().unwrap().clone()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn whole(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

pub(crate) fn classes(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|class| whole(class) as u32).collect()
}

pub(crate) fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

/// Asserts that two figures agree to [`TOLERANCE`], of 1 or of the figure where that is larger.
#[track_caller]
pub(crate) fn assert_close(actual: f64, expected: f64, what: &str) {
    let error = (actual - expected).abs() / expected.abs().max(1.0);
    assert!(error <= TOLERANCE, "{what}: {actual}, expected {expected}");
}
