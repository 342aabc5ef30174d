//! The report of a verification.

use std::fmt;
use std::path::{Path, PathBuf};

use mgc_files::printable;

/// The report of [`verify`](crate::verify).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Number of tracks checked.
    pub tracks: usize,
    /// Number of these whose published checksum is right.
    pub checksums: usize,
    /// The findings: missing tracks first, then the tracks in their order, then extra files.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Counts the findings of one kind.
    ///
    /// ```
    /// # fn main() -> Result<(), mgc_datasets::Error> {
    /// use mgc_datasets::{Problem, verify};
    ///
    /// let root = tempfile::tempdir().unwrap();
    /// std::fs::create_dir(root.path().join("jazz")).unwrap();
    /// std::fs::write(root.path().join("jazz/jazz.00001.wav"), "no wav").unwrap();
    /// let report = verify("gtzan", root.path())?;
    /// let kinds = [Problem::Corrupt, Problem::Missing, Problem::KnownBad]; // jazz.00054 is known to be bad
    /// assert_eq!(kinds.map(|kind| report.count(kind)), [1, 998, 1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn count(&self, problem: Problem) -> usize {
        self.findings.iter().filter(|finding| finding.problem == problem).count()
    }
}

/// One problem with a dataset on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind of problem.
    pub problem: Problem,
    /// The track's id, or a genre of which many tracks are missing, or the path of an extra file.
    pub id: String,
    /// The finding, with what was expected.
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
        write!(f, "{}: {}: {}", self.problem, printable(&self.id), printable(&self.detail))
    }
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Problem {
    /// Listed or published, but absent.
    Missing,
    /// A music file that is not a track of the dataset.
    Extra,
    /// Undecodable, or too short.
    Corrupt,
    /// Its bytes differ from the published ones.
    Checksum,
    /// Missing or corrupt, and known to be bad in the published copy, so your copy is not to blame.
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
