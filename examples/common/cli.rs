//! The command line: results to exit codes, errors to one line, options that several examples share.

use super::say::{lost, tell};
use super::text::printable;
use clap::error::Error as UsageError;
use clap::{Parser, ValueEnum};
use mgc::experiment::ExperimentError;
use mgc::{Chunks, ModelError};
use mgc_files::printable_path;
use std::env::args_os;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{ExitCode, exit};

/// The result of an example's functions; any error becomes one line for the user.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Version of mgc, and which example this is.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("CARGO_BIN_NAME"), ")");

/// Reads the command line. Help, version and complaints about usage end the program.
pub(crate) fn parse<Options: Parser>() -> Options {
    let mut command = Options::command().name("mgc").version(VERSION);
    let found = command.try_get_matches_from_mut(args_os());
    found
        .and_then(|found| Options::from_arg_matches(&found))
        .unwrap_or_else(|error| explain(&error.format(&mut command)))
}

fn explain(message: &UsageError) -> ! {
    let commands_terminal = |arg: OsString| printable(&arg.to_string_lossy()) != arg.to_string_lossy();
    if message.use_stderr() && args_os().any(commands_terminal) {
        tell!("{}", message.render()); // without any colours
        exit(message.exit_code());
    }
    match message.print() {
        Err(error) if !message.use_stderr() && error.kind() != ErrorKind::BrokenPipe => {
            tell!("error: standard output: {error}");
            exit(1)
        }
        _ => exit(message.exit_code()),
    }
}

/// Returns success, or the failure of an error, which is printed first, or of output that was lost.
pub(crate) fn exit_code(outcome: Outcome<bool>) -> ExitCode {
    let good = outcome.unwrap_or_else(|error| {
        tell!("error: {error}");
        false
    });
    if good && !lost() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Names the file in an error that does not.
pub(crate) fn in_file<T, E: Display>(path: &Path, result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| format!("{}: {error}", printable_path(path)).into())
}

/// Adds to an error the option of the command line that helps.
pub(crate) fn with_advice(error: mgc::Error) -> Box<dyn Error> {
    match error {
        mgc::Error::NoFrontEnd => format!(
            "{error}; train it with `--front-end PRESET` if its spectrograms were made like one of the presets"
        )
        .into(),
        mgc::Error::UnknownGenre { ref genre, ref suggestion, .. } => {
            let label = suggestion.as_deref().unwrap_or("LABEL");
            format!("{error}; name its label in the model by `--label-map '{genre}={label}'`").into()
        }
        mgc::Error::Experiment(ref reason) => match **reason {
            ExperimentError::OtherRun { .. } => {
                format!("{error}, or replace that run by --overwrite").into()
            }
            ExperimentError::Incomplete { .. } => format!("{error} by --overwrite").into(),
            ExperimentError::NoSoundEpoch { .. } => format!("{error}: --lr, --out, --overwrite").into(),
            _ => error.into(),
        },
        mgc::Error::Bundle { ref path, ref source } if matches!(**source, ModelError::Keras) => format!(
            "{error}:\n  cargo run --release --example import_keras -- --hdf5 {} --labels NAMES --out MODEL.safetensors",
            printable_path(path)
        )
        .into(),
        mgc::Error::Model(ModelError::SpectrogramSize { .. }) => {
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
