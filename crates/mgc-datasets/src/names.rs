//! Lookup by name: the error that lists the known names and suggests one.

/// The least likeness of a name that is suggested (Jaro-Winkler, 0 to 1).
const RESEMBLES: f64 = 0.8;

/// A name that nothing has: the error of the `FromStr` implementations of this crate.
///
/// ```
/// use mgc_datasets::FmaSubset;
///
/// let error = "smal".parse::<FmaSubset>().unwrap_err();
/// assert_eq!(error.suggestion, Some("small"));
/// assert_eq!(
///     error.to_string(),
///     "unknown FMA subset `smal`; did you mean `small`? (known: small, medium, large)",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} `{name}`{} (known: {})", did_you_mean(*suggestion), known.join(", "))]
#[non_exhaustive]
pub struct UnknownName {
    /// The kind of thing that was looked for.
    pub kind: &'static str,
    /// The name asked for.
    pub name: String,
    /// The known name that resembles it, where one does.
    pub suggestion: Option<&'static str>,
    /// All known names.
    pub known: &'static [&'static str],
}

impl UnknownName {
    pub(crate) fn new(kind: &'static str, name: &str, known: &'static [&'static str]) -> Self {
        Self { kind, name: name.to_string(), suggestion: nearest(name, known), known }
    }
}

/// Returns the known name that resembles this one most, if any does.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let likeness =
        |candidate: &&'a str| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), *candidate);
    let alike = known.iter().map(likeness).filter(|(likeness, _)| *likeness >= RESEMBLES);
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

pub(crate) fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
