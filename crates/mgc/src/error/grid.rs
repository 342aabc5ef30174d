//! Reasons why a grid cannot be run.

use mgc_files::printable_path;
use std::path::PathBuf;

/// A grid that cannot be read or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// The file is not the description of a grid.
    #[error("{}: {message}", printable_path(path))]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column, and what was expected there.
        message: String,
    },
    /// A list has nothing in it.
    #[error("the grid has nothing under `{list}`")]
    Empty {
        /// The list.
        list: &'static str,
    },
    /// More experiments than anyone can run.
    #[error("the grid has more than {most} experiments; take fewer runs, seeds or names")]
    TooMany {
        /// The most that a grid may have.
        most: usize,
    },
    /// A name that is no part of a file name.
    #[error("the {kind} name `{name}` becomes part of file names: use letters, digits, `-`, `_` and `.`")]
    Name {
        /// What is named.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// Two of the same name.
    #[error("the grid lists the {kind} `{name}` twice; each needs a name of its own")]
    Twice {
        /// What is named.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A table or figure that holds no results of experiments.
    #[error("{what}: the paper has results in tables 2 and 3 and figures 2 and 3")]
    NotInPaper {
        /// What was asked for.
        what: String,
    },
    /// A result file that was not written by a grid, or by another version.
    #[error(
        "{}: not a result of a grid: {reason}; delete the file to train its cell again",
        printable_path(path)
    )]
    Result {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The run was asked to stop. Every finished epoch is kept.
    #[error("stopped; the same command goes on from the last finished epoch")]
    Stopped,
}
