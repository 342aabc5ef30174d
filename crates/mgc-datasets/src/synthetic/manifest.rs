//! The small text file that says which corpus a folder holds.

use std::fs;
use std::path::{Path, PathBuf};

use super::config::SyntheticConfig;
use crate::{Error, Result};

/// Counts up whenever the same configuration begins to sound different.
const VERSION: u32 = 1;
const FILE: &str = "synthetic.txt";
const TITLE: &str = "mgc synthetic corpus";

/// Where the manifest of a corpus lies.
pub(crate) fn path(root: &Path) -> PathBuf {
    root.join(FILE)
}

/// The manifest of a configuration.
pub(crate) fn text(config: &SyntheticConfig) -> String {
    let SyntheticConfig { seconds, train, valid, test, seed } = config;
    format!(
        "{TITLE}\nversion = {VERSION}\nseconds = {seconds}\ntrain = {train}\nvalid = {valid}\ntest = {test}\n\
         seed = {seed}\n"
    )
}

/// The configuration in a folder's manifest, and whether it is of this version; `None` without one.
pub(crate) fn read(root: &Path) -> Result<Option<(SyntheticConfig, bool)>> {
    let path = path(root);
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let parsed = parse(&text).ok_or_else(|| Error::Layout {
        path,
        dataset: super::Synthetic::INFO.name,
        found: "a manifest that cannot be read".to_string(),
        expected: "the manifest as it was written; delete it and the styles' folders to begin anew",
    })?;
    Ok(Some(parsed))
}

fn parse(text: &str) -> Option<(SyntheticConfig, bool)> {
    let mut lines = text.lines();
    (lines.next()? == TITLE).then_some(())?;
    let mut value = |key: &str| lines.next()?.strip_prefix(key)?.strip_prefix(" = ");
    let current = value("version")?.parse::<u32>().ok()? == VERSION;
    let config = SyntheticConfig {
        seconds: value("seconds")?.parse().ok()?,
        train: value("train")?.parse().ok()?,
        valid: value("valid")?.parse().ok()?,
        test: value("test")?.parse().ok()?,
        seed: value("seed")?.parse().ok()?,
    };
    Some((config, current))
}
