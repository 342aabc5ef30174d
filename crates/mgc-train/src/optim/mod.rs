//! The optimisers, the rules that change the learning rate or end a run, and the average of the weights.

pub(crate) mod adam;
pub(crate) mod adamw;
pub(crate) mod average;
mod clipping;
pub(crate) mod early_stopping;
pub(crate) mod keras_version;
mod moments;
pub(crate) mod plateau;
pub(crate) mod replay;
pub(crate) mod resumable;
pub(crate) mod saved;
pub(crate) mod warmup_cosine;
