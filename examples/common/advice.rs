//! What a user of the command line can do about an error.

/// The error, and the flag that helps.
pub(crate) fn with_advice(error: mgc::Error) -> Box<dyn std::error::Error> {
    match error {
        mgc::Error::NoFrontEnd => format!(
            "{error}; train it with `--front-end PRESET` if its spectrograms were made like one of the presets"
        )
        .into(),
        other => other.into(),
    }
}
