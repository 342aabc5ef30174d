//! The arithmetic of a batch normalisation, one channel at a time.

use crate::kernels::affine::{Affine, Sums};
use crate::kernels::statistics::ChannelStatistics;
use crate::scalar::real::Real;

/// The mean and the inverse standard deviation of each channel.
#[derive(Debug, Clone)]
pub(crate) struct Scaling {
    mean: Vec<f64>,
    inv_std: Vec<f64>,
}

/// The part of a channel's gradient that flows through the statistics: `dx = scale * dz - constant - slope *
/// (x - mean)`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Correction {
    pub(crate) constant: f64,
    pub(crate) slope: f64,
}

impl std::ops::AddAssign for Correction {
    fn add_assign(&mut self, other: Self) {
        self.constant += other.constant;
        self.slope += other.slope;
    }
}

impl Scaling {
    pub(crate) fn new(statistics: &ChannelStatistics, epsilon: f64) -> Self {
        let inv_std = statistics.variance.iter().map(|v| 1.0 / (v + epsilon).sqrt()).collect();
        Self { mean: statistics.mean.clone(), inv_std }
    }

    /// Returns the channels' affine maps for these weights and biases.
    pub(crate) fn affine<T: Real>(&self, weight: &[T], bias: &[T]) -> Vec<Affine<T>> {
        let channels = (0..self.mean.len()).zip(weight.iter().zip(bias));
        channels.map(|(c, (weight, bias))| self.affine_at(c, *weight, *bias)).collect()
    }

    /// Returns the affine map of channel `c`.
    pub(crate) fn affine_at<T: Real>(&self, c: usize, weight: T, bias: T) -> Affine<T> {
        let scale = T::from_f64(weight.to_f64() * self.inv_std[c]);
        Affine { mean: T::from_f64(self.mean[c]), scale, bias }
    }

    /// Returns the mean of channel `c`.
    pub(crate) fn mean(&self, c: usize) -> f64 {
        self.mean[c]
    }

    /// Returns the gradient of the weight of channel `c`.
    pub(crate) fn dweight(&self, c: usize, sums: Sums) -> f64 {
        sums.dzx * self.inv_std[c]
    }

    /// Returns the correction of channel `c`, whose statistics were taken over `count` elements; zero for
    /// constants.
    pub(crate) fn correction(&self, c: usize, weight: f64, sums: Sums, count: Option<usize>) -> Correction {
        let Some(count) = count else { return Correction::default() };
        let (inv_std, count) = (self.inv_std[c], count as f64);
        let scale = weight * inv_std;
        Correction { constant: scale * sums.dz / count, slope: scale * inv_std * inv_std * sums.dzx / count }
    }
}
