//! The report of a grid of experiments: one HTML page, and the same as Markdown and JSON.
//!
//! The page needs no other file, no network and no script. It says in words what was trained, on what, how it
//! was tested, how good it is, how sure that is, what speaks against it and what it cost; then come tables,
//! comparisons and figures. All forms are made of the same figures, which are computed once.
//!
//! ```
//! use mgc::grid::GridResults;
//! use mgc::report::grid::{GridReport, ReportContext};
//!
//! let results = GridResults::default(); // of a finished grid: what `GridRun::run` returns
//! let report = GridReport::new(&results, &ReportContext::default())?;
//! assert!(report.html().contains("No experiment of this grid has a result yet."));
//! let folder = tempfile::tempdir()?;
//! report.save(folder.path())?;
//! assert!(folder.path().join(GridReport::HTML).exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axes;
mod changes;
mod comparison_tables;
mod context;
mod cost;
mod dataset;
mod detail;
mod detail_tables;
mod escape;
mod facts;
mod guide;
mod lead;
mod leak;
mod leak_words;
mod learning;
mod line;
mod markdown;
mod markup;
mod matrix;
mod network;
mod opening;
mod page;
mod pair;
mod parts;
mod protocol;
mod rates;
mod recipe;
mod reliability;
mod result_tables;
mod sentences;
mod strip;
mod table;
mod test_set;
mod text;
mod trained;
mod trust;

pub use context::{PaperFigure, ReportContext};

use crate::error::{Error, Result};
use crate::grid::GridResults;
use facts::Facts;
use std::path::Path;

/// The report of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridReport {
    facts: Facts,
}

impl GridReport {
    /// The name of the HTML page.
    pub const HTML: &'static str = "report.html";
    /// The name of the Markdown file.
    pub const MARKDOWN: &'static str = "report.md";
    /// The name of the JSON file.
    pub const JSON: &'static str = "report.json";

    /// Computes everything that the report states.
    ///
    /// ```
    /// use mgc::grid::GridResults;
    /// use mgc::report::grid::{GridReport, ReportContext};
    ///
    /// let quick = ReportContext { quick: true, ..Default::default() };
    /// let report = GridReport::new(&GridResults::default(), &quick)?;
    /// assert!(report.markdown().contains("(quick run)"));
    /// # Ok::<(), mgc::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a result has a genre that is not among its labels: its file was changed.
    pub fn new(results: &GridResults, context: &ReportContext) -> Result<Self> {
        Ok(Self { facts: Facts::new(results, context)? })
    }

    /// Returns the HTML page.
    ///
    /// ```
    /// use mgc::report::grid::{GridReport, ReportContext};
    ///
    /// let report = GridReport::new(&Default::default(), &ReportContext::default())?;
    /// assert!(report.html().starts_with("<!doctype html>"));
    /// # Ok::<(), mgc::Error>(())
    /// ```
    #[must_use]
    pub fn html(&self) -> String {
        page::page(&self.facts)
    }

    /// Returns the report as Markdown: the same words and tables, without the figures.
    ///
    /// ```
    /// use mgc::report::grid::{GridReport, ReportContext};
    ///
    /// let report = GridReport::new(&Default::default(), &ReportContext::default())?;
    /// assert!(report.markdown().contains("## What did it cost?"));
    /// # Ok::<(), mgc::Error>(())
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::document(&self.facts)
    }

    /// Returns all figures as JSON, with the words of the opening; shares are from 0 to 1.
    ///
    /// ```
    /// use mgc::report::grid::{GridReport, ReportContext};
    ///
    /// let report = GridReport::new(&Default::default(), &ReportContext::default())?;
    /// assert!(report.json().contains("\"lines\": []"));
    /// # Ok::<(), mgc::Error>(())
    /// ```
    #[must_use]
    pub fn json(&self) -> String {
        let mut whole = serde_json::to_value(&self.facts).unwrap_or_default();
        whole["summary"] = lead::lead(&self.facts).into();
        whole["answers"] = serde_json::to_value(opening::answers(&self.facts)).unwrap_or_default();
        format!("{whole:#}\n")
    }

    /// Writes the three files into a folder, each whole or not at all.
    ///
    /// ```
    /// use mgc::report::grid::{GridReport, ReportContext};
    ///
    /// let folder = tempfile::tempdir()?;
    /// GridReport::new(&Default::default(), &ReportContext::default())?.save(folder.path())?;
    /// assert!(folder.path().join(GridReport::JSON).exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<()> {
        let files = [(Self::HTML, self.html()), (Self::MARKDOWN, self.markdown()), (Self::JSON, self.json())];
        for (name, text) in files {
            let path = folder.as_ref().join(name);
            mgc_files::replace_bytes(&path, text.as_bytes()).map_err(|source| Error::Io { path, source })?;
        }
        Ok(())
    }
}
