//! Fits what a network must beat: linear classifiers on the statistics of bands.

mod band_statistics;
mod cholesky;
mod ridge;

pub use band_statistics::band_statistics;
pub use ridge::{RidgeClassifier, RidgeConfig};
