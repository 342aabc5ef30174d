//! The embedded corpus of invented music.

use super::cli::Outcome;
use super::progress::bar;
use super::say::say;
use super::text::time;
use mgc::datasets::{Dataset, Synthetic, SyntheticConfig};
use mgc_files::printable_path;
use std::path::Path;
use std::time::Instant;

/// Renders the tracks of the corpus that are not there yet.
pub(crate) fn render(root: &Path) -> Outcome {
    let config = SyntheticConfig::default();
    let (started, bar) = (Instant::now(), bar("Music", 0));
    let corpus = Synthetic::write(root, &config, |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    say!(
        "{} invented styles, {} tracks of {} s in {}: {}",
        corpus.genres().len(),
        corpus.tracks().len(),
        config.seconds,
        printable_path(root),
        time(started.elapsed())
    );
    Ok(())
}
