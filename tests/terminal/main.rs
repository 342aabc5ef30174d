//! The examples as people and scripts meet them: as programs with files, pipes, disks and terminals around
//! them.
//!
//! cargo builds the examples with the tests of the workspace; `cargo test --test terminal` alone does not,
//! and then tries those that `cargo build --examples` has left.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod disks;
mod grids;
mod outputs;
mod pipes;
mod places;
mod programs;
mod screen;
mod words;
