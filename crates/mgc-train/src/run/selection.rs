//! The choice of the epoch whose weights are kept.

use serde::{Deserialize, Serialize};

/// The epoch whose weights a run keeps.
///
/// ```
/// use mgc_train::{Epoch, History, Metrics, Selection};
///
/// let mut history = History::default();
/// history.selection = Selection::Last;
/// for (index, loss) in [2.0, 1.5, 1.7].into_iter().enumerate() {
///     history.push(Epoch::new(index, 0.01, Metrics { loss, accuracy: 0.5 }, None));
/// }
/// assert_eq!(history.best, Some(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Selection {
    /// The best epoch by validation accuracy or, without validation examples, by training loss. The accuracy of
    /// the chosen epoch on the validation examples is then too high an estimate: it was chosen for it.
    #[default]
    Best,
    /// The last epoch of a number fixed beforehand; early stopping must be off. Validation examples then choose
    /// nothing. An epoch whose loss is not finite is passed over.
    Last,
}

impl Selection {
    pub(crate) fn is_best(&self) -> bool {
        *self == Self::Best
    }
}
