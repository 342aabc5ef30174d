//! Holds the labels of a batch.

use crate::metrics::loss::{mixed_cross_entropy, smoothed_cross_entropy, weighted_cross_entropy};
use candle::{Result, Tensor, bail};

/// The labels of a batch: one for each example, or two with their shares.
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{Device, Tensor};
/// use mgc_train::{Targets, cross_entropy};
///
/// let logits = Tensor::new(&[[0f64, 1.0], [2.0, 0.0]], &Device::Cpu)?;
/// let labels = Tensor::new(&[1u32, 0], &Device::Cpu)?;
/// let plain = Targets::new(labels.clone());
/// let loss = plain.loss(&logits, 0.0, None)?.to_scalar::<f64>()?;
/// assert_eq!(loss, cross_entropy(&logits, &labels)?.to_scalar::<f64>()?);
///
/// // the first example is 0.7 of itself and 0.3 of the second, the second is half of each
/// let mixed = Targets::mixed(labels, &[1, 0], vec![0.7, 0.5])?;
/// assert!(mixed.loss(&logits, 0.0, None)?.to_scalar::<f64>()? > loss);
/// assert_eq!(mixed.likeliest()?, [1, 0]);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Targets {
    labels: Tensor,
    /// The labels of the partners, (n).
    partners: Option<Tensor>,
    /// The share of the own label; empty without partners.
    shares: Vec<f64>,
}

impl Targets {
    /// Takes one label for each example, (n), `u32`.
    #[must_use]
    pub fn new(labels: Tensor) -> Self {
        Self { labels, partners: None, shares: Vec::new() }
    }

    /// Mixes the labels (n) of a batch: `shares[i]` of the target of example i is its own label, the rest that
    /// of the example at the place `partners[i]`.
    ///
    /// # Errors
    ///
    /// When the lengths differ, a share is not from 0 to 1, or there is no example at a place.
    pub fn mixed(labels: Tensor, partners: &[usize], shares: Vec<f64>) -> Result<Self> {
        let count = labels.elem_count();
        if partners.len() != count || shares.len() != count {
            bail!("{} partners and {} shares for {count} labels", partners.len(), shares.len())
        }
        if let Some(share) = shares.iter().find(|share| !(0.0..=1.0).contains(*share)) {
            bail!("a share is {share}, expected a number from 0 to 1")
        }
        let partners: Vec<u32> = partners.iter().map(|&place| place as u32).collect();
        let partners = labels.index_select(&Tensor::from_vec(partners, count, labels.device())?, 0)?;
        Ok(Self { labels, partners: Some(partners), shares })
    }

    /// Returns each example's own label, (n).
    #[must_use]
    pub fn labels(&self) -> &Tensor {
        &self.labels
    }

    /// Returns the share of each example's own label; empty where labels are not mixed.
    #[must_use]
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// Returns, for each example, the label with the larger share; its own where both have half.
    ///
    /// # Errors
    ///
    /// When the labels cannot be read to the host.
    pub fn likeliest(&self) -> Result<Vec<u32>> {
        let own = self.labels.to_vec1::<u32>()?;
        let Some(partners) = &self.partners else { return Ok(own) };
        let pairs = own.into_iter().zip(partners.to_vec1::<u32>()?).zip(&self.shares);
        Ok(pairs.map(|((own, partner), &share)| if share >= 0.5 { own } else { partner }).collect())
    }

    /// Returns the mean cross-entropy of logits (n, classes) and these targets, a scalar.
    ///
    /// Where labels are mixed, the loss of an example is that of its own label times its share plus that of
    /// the other label times the rest; this is the cross-entropy with the mixed target. Each part is
    /// smoothed as in [`smoothed_cross_entropy`](crate::smoothed_cross_entropy), and has the weight of its
    /// class as in [`weighted_cross_entropy`](crate::weighted_cross_entropy).
    ///
    /// # Errors
    ///
    /// As [`weighted_cross_entropy`](crate::weighted_cross_entropy).
    pub fn loss(&self, logits: &Tensor, smoothing: f64, weights: Option<&[f64]>) -> Result<Tensor> {
        match (&self.partners, weights) {
            (Some(partners), _) => {
                let labels = [&self.labels, partners];
                mixed_cross_entropy(logits, labels, &self.shares, smoothing, weights)
            }
            (None, Some(weights)) => weighted_cross_entropy(logits, &self.labels, smoothing, weights),
            (None, None) => smoothed_cross_entropy(logits, &self.labels, smoothing),
        }
    }
}
