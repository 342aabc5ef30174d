//! A bar while long work runs; nothing where no one watches.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with the time left on the error stream, hidden when that is no terminal.
pub(crate) fn bar(label: &str, len: usize) -> ProgressBar {
    let bar = ProgressBar::new(len as u64).with_message(label.to_owned());
    match ProgressStyle::with_template("{msg:28} {bar:24} {pos}/{len}  {eta} left") {
        Ok(style) => bar.with_style(style.progress_chars("##-")),
        Err(_) => bar,
    }
}
