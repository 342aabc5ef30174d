//! Augmentations: against numpy, by their laws, and in training.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod batches;
mod fixture;
mod laws;
mod levels;
mod refusals;
mod settings;
mod support;
mod time_and_pitch;
mod training;
