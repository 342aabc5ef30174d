//! The front ends of published models, by name.

use std::str::FromStr;

use crate::{
    error::{Error, Result},
    spectral::config::MelConfig,
};

/// Names at least this similar are taken for a typing error (Jaro-Winkler, 0 to 1).
const SIMILAR: f64 = 0.8;

impl MelConfig {
    /// The names that [`from_str`](Self::from_str) knows.
    ///
    /// ```
    /// use mgc_audio::MelConfig;
    ///
    /// for name in MelConfig::NAMES {
    ///     assert!(name.parse::<MelConfig>().is_ok());
    /// }
    /// ```
    pub const NAMES: &'static [&'static str] = &["bbnn", "heakl", "quick"];

    /// Returns the settings of Liu et al.'s published BBNN checkpoints: 661,794 samples (30.01 s, the usual
    /// GTZAN clip) give 647 frames.
    ///
    /// ```
    /// assert_eq!(mgc_audio::MelConfig::bbnn().frames(0), 647);
    /// ```
    #[must_use]
    pub fn bbnn() -> Self {
        Self::of_length(661_794)
    }

    /// Returns the settings of the notebooks of the broadcast-network variants: 661,500 samples (30 s) give
    /// 646 frames.
    ///
    /// ```
    /// assert_eq!(mgc_audio::MelConfig::heakl().frames(0), 646);
    /// ```
    #[must_use]
    pub fn heakl() -> Self {
        Self::of_length(661_500)
    }

    /// Returns settings for small machines and short experiments: 110,250 samples (5 s) give 108 frames.
    ///
    /// ```
    /// assert_eq!(mgc_audio::MelConfig::quick().frames(0), 108);
    /// ```
    #[must_use]
    pub fn quick() -> Self {
        Self::of_length(110_250)
    }

    fn of_length(samples: usize) -> Self {
        Self { chunk_samples: Some(samples), ..Self::default() }
    }
}

impl FromStr for MelConfig {
    type Err = Error;

    /// Looks up a preset by its name.
    ///
    /// ```
    /// use mgc_audio::MelConfig;
    ///
    /// assert_eq!("quick".parse::<MelConfig>()?, MelConfig::quick());
    /// let error = "quik".parse::<MelConfig>().unwrap_err();
    /// assert!(error.to_string().contains("did you mean `quick`?"));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownPreset`] lists [`NAMES`](Self::NAMES) and suggests a similar one.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "bbnn" => Ok(Self::bbnn()),
            "heakl" => Ok(Self::heakl()),
            "quick" => Ok(Self::quick()),
            _ => Err(Error::UnknownPreset {
                name: name.into(),
                suggestion: similar(name, Self::NAMES),
                known: Self::NAMES,
            }),
        }
    }
}

/// The known name that is most like `name`, if one is like it.
fn similar(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let name = name.to_lowercase();
    let similarity = known.iter().map(|known| (strsim::jaro_winkler(&name, known), *known));
    let closest = similarity.max_by(|a, b| a.0.total_cmp(&b.0));
    closest.filter(|(similarity, _)| *similarity >= SIMILAR).map(|(_, known)| known)
}
