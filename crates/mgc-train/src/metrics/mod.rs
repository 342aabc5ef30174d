//! The loss, and measures of how well a model predicts.

pub(crate) mod class_weights;
pub(crate) mod confusion_matrix;
pub(crate) mod confusion_table;
pub(crate) mod evaluate;
pub(crate) mod interval;
pub(crate) mod loss;
pub(crate) mod recordings;
pub(crate) mod targets;
