//! The manifest: a small text file with the settings of the corpus in its folder.

use std::fs;
use std::path::Path;

use super::config::SyntheticConfig;
use crate::error::{Error, Result};

/// Increased whenever the same configuration sounds different.
const VERSION: u32 = 1;
const FILE: &str = "synthetic.txt";
const TITLE: &str = "mgc synthetic corpus";

/// Writes the manifest whole or not at all.
pub(crate) fn write(root: &Path, config: &SyntheticConfig) -> Result<()> {
    let path = root.join(FILE);
    mgc_files::replace_bytes(&path, text(config).as_bytes()).map_err(Error::io(&path))
}

fn text(config: &SyntheticConfig) -> String {
    let SyntheticConfig { seconds, train, valid, test, seed } = config;
    format!(
        "{TITLE}\nversion = {VERSION}\nseconds = {seconds}\ntrain = {train}\nvalid = {valid}\ntest = {test}\n\
         seed = {seed}\n"
    )
}

/// Reads the configuration from a folder's manifest, and whether it has this version; `None` without one.
pub(crate) fn read(root: &Path) -> Result<Option<(SyntheticConfig, bool)>> {
    let path = root.join(FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let parsed = parse(&text).ok_or_else(|| Error::Layout {
        path,
        dataset: super::Synthetic::INFO.name,
        found: "a manifest that cannot be read".to_string(),
        expected: "the manifest as it was written; delete it and the styles' folders to start over",
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
