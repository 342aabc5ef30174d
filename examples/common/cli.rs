//! The command line: results to exit codes, errors to one line, options that several examples share.

use clap::ValueEnum;
use mgc::Chunks;
use mgc::experiment::ExperimentError;
use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

/// The result of an example's functions; any error becomes one line for the user.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Returns success, failure, or the failure of an error that is printed first.
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

/// Names the file in an error that does not.
pub(crate) fn in_file<T, E: Display>(path: &Path, result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Adds to an error the option of the command line that helps.
pub(crate) fn with_advice(error: mgc::Error) -> Box<dyn Error> {
    match error {
        mgc::Error::NoFrontEnd => format!(
            "{error}; train it with `--front-end PRESET` if its spectrograms were made like one of the presets"
        )
        .into(),
        mgc::Error::Experiment(ref reason) if matches!(**reason, ExperimentError::OtherRun { .. }) => {
            format!("{error}, or replace that run by --overwrite").into()
        }
        mgc::Error::Model(mgc::ModelError::SpectrogramSize { .. }) => {
            format!("{error}: make the arrays with the model's front end").into()
        }
        other => other.into(),
    }
}

/// The chunks of a long recording that count.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Protocol {
    /// Only the first, as in the published figures
    First,
    /// All; their probabilities are averaged
    All,
}

impl From<Protocol> for Chunks {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::First => Self::First,
            Protocol::All => Self::All,
        }
    }
}
