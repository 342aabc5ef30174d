//! The expected content of a dataset, beyond the tracks that were found.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use md5::Digest;

/// The expected content of a dataset, as far as its loader knows it. [`verify`](crate::verify) compares it
/// with the files on disk.
///
/// ```
/// use mgc_datasets::{Checksum, Inventory};
///
/// let inventory = Inventory {
///     checksums: [("a".to_string(), Checksum::Md5("0cc175b9c0f1b6a831c399e269772661".to_string()))].into(),
///     known_bad: &[("b", "published without sound")],
///     ..Default::default()
/// };
/// assert!(inventory.missing.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The folder in which every audio file should be a track; `None` to look for no extra files.
    pub folder: Option<PathBuf>,
    /// Listed tracks without a file, each as id and reason. Where a whole genre is absent, or the names of
    /// its tracks are not known, the genre stands in place of the id.
    pub missing: Vec<(String, String)>,
    /// Published checksums by track id.
    pub checksums: BTreeMap<String, Checksum>,
    /// Clips that are known to be bad in the copies in circulation, each as track id and fault.
    pub known_bad: &'static [(&'static str, &'static str)],
}

/// A published checksum of a file, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checksum {
    /// 32 hexadecimal digits.
    Md5(String),
    /// 40 hexadecimal digits.
    Sha1(String),
}

impl Checksum {
    /// Returns `None` when the bytes have this checksum, otherwise the checksum that they have.
    ///
    /// ```
    /// use mgc_datasets::Checksum;
    ///
    /// let empty = Checksum::Md5("D41D8CD98F00B204E9800998ECF8427E".to_string());
    /// assert_eq!(empty.mismatch(b""), None);
    /// assert_eq!(empty.mismatch(b"a").as_deref(), Some("0cc175b9c0f1b6a831c399e269772661"));
    /// ```
    pub fn mismatch(&self, bytes: &[u8]) -> Option<String> {
        let actual = match self {
            Self::Md5(_) => hexadecimal(&md5::Md5::digest(bytes)),
            Self::Sha1(_) => hexadecimal(&sha1::Sha1::digest(bytes)),
        };
        (!self.digits().eq_ignore_ascii_case(&actual)).then_some(actual)
    }

    /// Returns the published digits.
    ///
    /// ```
    /// use mgc_datasets::Checksum;
    ///
    /// assert_eq!(Checksum::Sha1("da39".into()).digits(), "da39");
    /// ```
    pub fn digits(&self) -> &str {
        match self {
            Self::Md5(digits) | Self::Sha1(digits) => digits,
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}
