//! The releases of Keras whose counting the rules can follow.

use serde::{Deserialize, Serialize};

/// Which release of Keras the plateau rule and early stopping follow.
///
/// The releases count differently, so the same losses give other learning rates and last epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum KerasVersion {
    /// Keras 2.0: the patience is compared before the bad epoch is counted, so a rule acts one bad
    /// epoch later, and after a cut the count starts at 1. The published BBNN weights were trained
    /// with it.
    Keras2,
    /// TensorFlow 2.6 and Keras 3: the bad epoch is counted first. The paper's notebooks use it.
    #[default]
    Tf26,
}
