//! Arithmetic of single numbers, `f32` or `f64`.

pub(crate) mod exp;
pub(crate) mod real;
