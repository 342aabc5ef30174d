//! The subsets of FMA.

use std::fmt;
use std::str::FromStr;

use crate::names::UnknownName;

/// The root genres, alphabetically.
const ALL_GENRES: [&str; 16] = [
    "Blues",
    "Classical",
    "Country",
    "Easy Listening",
    "Electronic",
    "Experimental",
    "Folk",
    "Hip-Hop",
    "Instrumental",
    "International",
    "Jazz",
    "Old-Time / Historic",
    "Pop",
    "Rock",
    "Soul-RnB",
    "Spoken",
];

/// The genres of the small subset.
const SMALL_GENRES: [&str; 8] =
    ["Electronic", "Experimental", "Folk", "Hip-Hop", "Instrumental", "International", "Pop", "Rock"];

/// A subset of FMA; each contains the smaller ones.
///
/// ```
/// use mgc_datasets::FmaSubset;
///
/// assert!(FmaSubset::Small < FmaSubset::Large);
/// assert_eq!("medium".parse::<FmaSubset>()?, FmaSubset::Medium);
/// # Ok::<(), mgc_datasets::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FmaSubset {
    /// 8,000 tracks of 8 genres, 1,000 of each.
    Small,
    /// 25,000 tracks of 16 genres of unequal size.
    Medium,
    /// 106,574 tracks; those of several root genres are unlabelled.
    Large,
}

impl FmaSubset {
    /// All subsets, the smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The names of all subsets, in the order of [`ALL`](Self::ALL).
    pub const NAMES: &'static [&'static str] = &["small", "medium", "large"];

    /// Returns `small`, `medium` or `large`.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Returns the folder that its archive unpacks to.
    pub(super) fn folder(self) -> String {
        format!("fma_{}", self.name())
    }

    pub(super) fn genres(self) -> &'static [&'static str] {
        match self {
            Self::Small => &SMALL_GENRES,
            _ => &ALL_GENRES,
        }
    }
}

/// Parses a [`name`](FmaSubset::name).
impl FromStr for FmaSubset {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|subset| subset.name() == name);
        found.ok_or_else(|| UnknownName::new("FMA subset", name, Self::NAMES))
    }
}

impl fmt::Display for FmaSubset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
