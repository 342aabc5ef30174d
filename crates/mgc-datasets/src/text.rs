//! Names as text: bytes that are no Unicode, Unicode's forms of one letter, labels that look alike.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::names::nearest;

/// Returns a path as text for tables, ids and JSON, different for different paths.
///
/// Bytes that are not Unicode (Latin-1 on an old disk) become `\xE4` and the like. Where a name holds such a
/// text itself, its backslash becomes `\x5C`, so that every `\x` with two digits can be turned back into its
/// byte. All else stays as it is.
///
/// ```
/// use mgc_datasets::path_text;
///
/// assert_eq!(path_text("blues/März.mp3"), "blues/März.mp3");
/// assert_eq!(path_text(r"blues/M\xE4rz.mp3"), r"blues/M\x5CxE4rz.mp3");
/// # #[cfg(unix)] {
/// use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
/// assert_eq!(path_text(OsStr::from_bytes(b"blues/M\xe4rz.mp3")), r"blues/M\xE4rz.mp3");
/// # }
/// ```
#[must_use]
pub fn path_text(path: impl AsRef<Path>) -> String {
    escaped(path.as_ref().as_os_str())
}

/// As [`path_text`], for a part of a path.
pub(crate) fn escaped(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('\\') {
            text += &rest[..at];
            text += if is_escape(&rest[at..]) { "\\x5C" } else { "\\" };
            rest = &rest[at + 1..];
        }
        text += rest;
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}"); // writing to a string cannot fail
        }
    }
    text
}

/// Whether a text begins with a backslash, an x and two digits of the kind that [`escaped`] writes.
fn is_escape(text: &str) -> bool {
    let digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    matches!(text.as_bytes(), [b'\\', b'x', high, low, ..] if digit(high) && digit(low))
}

/// Returns a name in Unicode's composed form (NFC), in which two names that look the same are equal: `é` may
/// be one character or an `e` with an accent, as macOS writes file names.
///
/// ```
/// assert_eq!(mgc_datasets::composed("Cafe\u{301}"), "Caf\u{e9}");
/// ```
#[must_use]
pub fn composed(name: &str) -> Cow<'_, str> {
    match is_nfc(name) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.nfc().collect()),
    }
}

/// Returns the labels that differ only in case, spaces, hyphens, underscores or Unicode form, in groups of
/// two or more: most probably each group is one genre.
///
/// ```
/// let labels = ["Hip-Hop", "blues", "hiphop", "jazz"].map(String::from);
/// assert_eq!(mgc_datasets::alike_labels(&labels), [["Hip-Hop", "hiphop"]]);
/// ```
#[must_use]
pub fn alike_labels(labels: &[String]) -> Vec<Vec<String>> {
    let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for label in labels {
        alike.entry(core(label)).or_default().push(label.clone());
    }
    alike.into_values().filter(|group| group.len() > 1).collect()
}

/// Returns the label that is most like a name, if one is: the same but for case, spaces, hyphens and
/// underscores, or of similar letters.
///
/// ```
/// let labels = ["blues", "hiphop"].map(String::from);
/// assert_eq!(mgc_datasets::similar_label("Hip-Hop", &labels), Some("hiphop"));
/// assert_eq!(mgc_datasets::similar_label("polka", &labels), None);
/// ```
#[must_use]
pub fn similar_label<'a>(name: &str, labels: &'a [String]) -> Option<&'a str> {
    let same = labels.iter().find(|label| core(label) == core(name)).map(String::as_str);
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    same.or_else(|| nearest(name, &labels))
}

/// A label without what people write differently.
fn core(label: &str) -> String {
    let plain = |letter: &char| !letter.is_whitespace() && !matches!(letter, '-' | '_' | '‐' | '‑' | '–');
    composed(label).to_lowercase().chars().filter(plain).collect()
}
