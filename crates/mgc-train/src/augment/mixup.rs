//! Mixtures of two examples.

use crate::augment::beta::{check_alpha, symmetric_beta};
use crate::augment::draw::Draw;
use crate::augment::ring::ring;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Mixup: each example becomes a mixture of itself and another example of the batch, and so does its target.
///
/// > x' = l x1 + (1 - l) x2, y' = l y1 + (1 - l) y2
///
/// The share l is drawn from Beta(`alpha`, `alpha`) for each example. The values are dB, so the mixture is one
/// of levels, not of sounds. [`Targets`](crate::Targets) holds the mixed targets: their loss is l times that
/// of the first label plus (1 - l) times that of the second, and a prediction counts as right when it is the
/// label with the larger share.
///
/// Partners come from a ring, as those of [`MixStyleConfig`](crate::MixStyleConfig), with draws of its own. A
/// batch of one stays as it is.
///
/// Source: H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz: mixup, arXiv 1710.09412; there l is one for a
/// batch.
///
/// ```
/// use mgc_train::{AugmentConfig, MixupConfig};
///
/// let config = AugmentConfig { mixup: MixupConfig { alpha: 0.3 }, ..Default::default() };
/// assert!(!config.is_off());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MixupConfig {
    /// Both parameters of the beta distribution, 0.01 to 4. Near 0 one example has nearly all of the share; at
    /// 1 all shares are equally likely. Default 0: off.
    pub alpha: f64,
}

/// With whom each example of a batch is mixed.
pub(super) struct Mixture {
    /// The place of the partner.
    pub(super) partners: Vec<usize>,
    /// The share of the example itself, 0 to 1.
    pub(super) shares: Vec<f64>,
}

impl MixupConfig {
    pub(super) fn is_off(&self) -> bool {
        self.alpha == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        if self.is_off() { Ok(()) } else { check_alpha("mixup.alpha", self.alpha) }
    }

    /// Mixes the examples of a batch; none where it is off or there is one example.
    pub(super) fn apply(&self, draws: &[Draw], examples: &mut [&mut [f32]]) -> Option<Mixture> {
        if self.is_off() || examples.len() < 2 {
            return None;
        }
        let share = |draw: &Draw| symmetric_beta(&mut draw.stream("mixup"), self.alpha);
        let shares: Vec<f64> = draws.iter().map(share).collect();
        let mut partners = vec![0; examples.len()];
        let ring = ring(draws, "mixup");
        let first = examples[ring[0]].to_vec(); // the last of the ring needs it as it was
        for (step, &place) in ring.iter().enumerate() {
            let next = ring.get(step + 1);
            partners[place] = *next.unwrap_or(&ring[0]);
            let own = std::mem::take(&mut examples[place]);
            mix(own, next.map_or(&first, |&next| &*examples[next]), shares[place] as f32);
            examples[place] = own;
        }
        Some(Mixture { partners, shares })
    }
}

fn mix(values: &mut [f32], partner: &[f32], share: f32) {
    for (value, partner) in values.iter_mut().zip(partner) {
        *value = share * *value + (1.0 - share) * partner;
    }
}
