//! The releases of Keras whose counting the rules can follow.

use serde::{Deserialize, Serialize};

/// The release of Keras that the plateau rule and early stopping follow.
///
/// The releases count bad epochs differently, so the same losses give other learning rates and last epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum KerasVersion {
    /// Keras 2.0 compares the patience before it counts the bad epoch. A rule acts one bad epoch later, and
    /// after a cut the count starts at 1. The published BBNN weights were trained with it.
    Keras2,
    /// TensorFlow 2.6 and Keras 3 count the bad epoch first. The notebooks of the BBNN paper use it.
    #[default]
    Tf26,
}
