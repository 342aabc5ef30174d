//! Shared by the examples: the command line, progress bars, experiments in the terminal, inputs, outputs,
//! numbers as text.

#![allow(dead_code, unused_imports, reason = "each example is a program of its own and uses a part of this")]

pub(crate) mod cli;
pub(crate) mod corpus;
pub(crate) mod files;
pub(crate) mod grids;
pub(crate) mod inputs;
pub(crate) mod labels;
pub(crate) mod output;
pub(crate) mod outputs;
pub(crate) mod progress;
pub(crate) mod recipe_options;
pub(crate) mod say;
pub(crate) mod terminal;
pub(crate) mod text;
