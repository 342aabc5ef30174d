//! The sides of a split.

use std::fmt;
use std::str::FromStr;

use crate::names::UnknownName;

/// A side of a train/valid/test split.
///
/// ```
/// use mgc_datasets::Split;
///
/// assert_eq!("valid".parse::<Split>()?, Split::Valid);
/// assert_eq!("Validation".parse::<Split>()?, Split::Valid);
/// assert_eq!(Split::Test.to_string(), "test");
/// # Ok::<(), mgc_datasets::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Split {
    /// The tracks to learn from.
    Train,
    /// The tracks to choose the best epoch by.
    Valid,
    /// The tracks to report on, once.
    Test,
}

impl Split {
    /// All sides, in the order in which they are used.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// The names of all sides, in the order of [`ALL`](Self::ALL).
    pub const NAMES: &'static [&'static str] = &["train", "valid", "test"];

    /// Returns `train`, `valid` or `test`.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// The names that others give to the sides, in lower case.
const SYNONYMS: [(&str, Split); 7] = [
    ("training", Split::Train),
    ("val", Split::Valid),
    ("validation", Split::Valid),
    ("validate", Split::Valid),
    ("dev", Split::Valid),
    ("development", Split::Valid),
    ("testing", Split::Test),
];

/// Parses a [`name`](Split::name), or what others call the side (`training`, `val`, `validation`, `dev`,
/// `testing`), in any case.
impl FromStr for Split {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let plain = name.trim().to_lowercase();
        let found = Self::ALL.into_iter().find(|split| split.name() == plain);
        let synonym = || SYNONYMS.into_iter().find(|(known, _)| *known == plain).map(|(_, side)| side);
        found.or_else(synonym).ok_or_else(|| UnknownName::new("side of a split", name, Self::NAMES))
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
