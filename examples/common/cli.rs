//! What every program does at its edges: errors to plain lines, results to exit codes.

use std::error::Error;
use std::process::ExitCode;

/// What a program's functions return; any error becomes one line for the user.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Success, failure, or an error that is printed first.
pub(crate) fn exit_code(outcome: Outcome<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
