//! The optimiser and the rules that change its learning rate or end a run.

pub(crate) mod adam;
pub(crate) mod early_stopping;
pub(crate) mod keras_version;
pub(crate) mod plateau;
pub(crate) mod replay;
