//! What was found, in the words of a report.

use std::fmt;
use std::path::{Path, PathBuf};

/// What [`verify`](crate::verify) found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Tracks looked at.
    pub tracks: usize,
    /// Of these, files whose published checksum is right.
    pub checksums: usize,
    /// What is wrong: first what is missing, then the tracks in their order, then extra files.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// How many findings are of this kind.
    pub fn count(&self, problem: Problem) -> usize {
        self.findings.iter().filter(|finding| finding.problem == problem).count()
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of which kind.
    pub problem: Problem,
    /// The track's id, a genre where many are missing, or the path of an extra file.
    pub id: String,
    /// What was found, and expected.
    pub detail: String,
    /// The file, where there is one.
    pub path: Option<PathBuf>,
}

impl Finding {
    pub(super) fn new(problem: Problem, id: &str, detail: &str, path: Option<&Path>) -> Self {
        let (id, detail) = (id.to_string(), detail.to_string());
        Self { problem, id, detail, path: path.map(Path::to_path_buf) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.problem, self.id, self.detail)
    }
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Problem {
    /// Listed or published, but not there.
    Missing,
    /// A music file that is no track of the dataset.
    Extra,
    /// It cannot be decoded, or is too short.
    Corrupt,
    /// Its bytes are not those that were published.
    Checksum,
    /// Missing or corrupt, and known to be bad in the published copy: not your disk's fault.
    KnownBad,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Corrupt => "corrupt",
            Self::Checksum => "checksum",
            Self::KnownBad => "known bad",
        })
    }
}
