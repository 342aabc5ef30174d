//! Names that are shown to people.

use std::path::Path;

/// Returns a text as one line that a terminal shows as it is: characters that it would obey or hide are written
/// as `\u{1b}`.
///
/// These are control characters, ends of lines and of paragraphs, and those that turn the direction of the text
/// around them. File names and tags may hold all of them, and a line that they begin looks like one of the
/// program.
///
/// ```
/// assert_eq!(mgc_files::printable("So What\u{7}"), r"So What\u{7}");
/// assert_eq!(mgc_files::printable("Für Elise"), "Für Elise");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let escaped = |c: char| if is_obeyed(c) { c.escape_default().to_string() } else { c.into() };
    text.chars().map(escaped).collect()
}

/// Returns a path as [`printable`] text; bytes that are no Unicode become `U+FFFD`.
///
/// ```
/// assert_eq!(mgc_files::printable_path("rock/one\ntwo.mp3"), r"rock/one\ntwo.mp3");
/// ```
#[must_use]
pub fn printable_path(path: impl AsRef<Path>) -> String {
    printable(&path.as_ref().to_string_lossy())
}

fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
