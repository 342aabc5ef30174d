//! The training loop, and the callbacks and files that follow it.

mod averaging;
pub(crate) mod best_checkpoint;
pub(crate) mod callback;
pub(crate) mod config;
pub(crate) mod csv_log;
#[cfg(feature = "tensorboard")]
mod event_file;
pub(crate) mod history;
pub(crate) mod identity;
pub(crate) mod reestimate;
pub(crate) mod resume;
pub(crate) mod selection;
pub(crate) mod state;
pub(crate) mod tensor_file;
#[cfg(feature = "tensorboard")]
pub(crate) mod tensorboard;
pub(crate) mod train_epoch;
pub(crate) mod trainer;
