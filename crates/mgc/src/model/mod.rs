//! The model file: its content, its format, and the ways in from Keras and out to ONNX.

pub(crate) mod bundle;
mod checks;
mod format;
#[cfg(feature = "keras")]
pub(crate) mod keras;
mod onnx;
mod version2;
