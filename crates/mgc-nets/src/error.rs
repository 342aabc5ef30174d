//! What can go wrong outside tensor computations.

/// A specialised `Result`.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate; tensor computations return [`candle::Error`] instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A network configuration that cannot be built.
    #[error("network configuration: {field} is {value}, it must be {expected}")]
    Config {
        /// The field of [`NetConfig`](crate::NetConfig).
        field: &'static str,
        /// What it holds.
        value: usize,
        /// What it may hold.
        expected: &'static str,
    },
    /// A network name that is not in [`Variant::ALL`](crate::Variant::ALL).
    #[error("unknown variant `{name}`{}; the known ones: {}", suggestion(name), known())]
    UnknownVariant {
        /// The name asked for.
        name: String,
    },
}

fn known() -> String {
    crate::Variant::ALL.map(|variant| variant.name()).join(", ")
}

fn suggestion(name: &str) -> String {
    const CLOSE: f64 = 0.7;
    let near = crate::Variant::ALL
        .iter()
        .map(|variant| (strsim::jaro_winkler(name, variant.name()), variant.name()))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((score, near)) if score > CLOSE => format!("; did you mean `{near}`?"),
        _ => String::new(),
    }
}

impl From<Error> for candle::Error {
    fn from(error: Error) -> Self {
        Self::wrap(error)
    }
}
