//! What a report states beside the results.

use crate::grid::{Grid, GridDataset, PaperItem};
use mgc_nets::Variant;
use serde::Serialize;
use std::time::Duration;

/// What a report states beside the results of a grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportContext {
    /// Whether recipes or data were cut down: every part of the report then says that its figures show that the
    /// program works, not how good a network is.
    pub quick: bool,
    /// Published figures to print beside the accuracies that they can be compared with: those under
    /// [`Protocol::Published`](crate::datasets::Protocol::Published).
    pub paper: Vec<PaperFigure>,
    /// The grid of the results. With it the report explains recipes and datasets; without it, it only names them.
    pub grid: Option<Grid>,
    /// The machines that trained the networks: [`GridTimes::machines`](crate::grid::GridTimes::machines).
    pub machines: Vec<String>,
    /// How long the experiments took: [`GridTimes::total`](crate::grid::GridTimes::total). Two runs never take
    /// the same time; without it, the same results from the same machine give the same bytes.
    pub time: Option<Duration>,
}

/// A published accuracy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperFigure {
    /// The name of the dataset in the grid.
    pub dataset: String,
    /// The network.
    #[serde(serialize_with = "by_name")]
    pub variant: Variant,
    /// The accuracy, 0 to 1.
    pub accuracy: f64,
    /// Where it stands and what is known about it, one sentence.
    pub note: String,
}

impl PaperFigure {
    /// Returns what a table or figure of Heakl et al. (2022) prints for the networks and datasets of a grid.
    ///
    /// ```
    /// use mgc::grid::{GridDataset, PaperItem};
    /// use mgc::nets::Variant;
    /// use mgc::report::grid::PaperFigure;
    /// # let root = tempfile::tempdir()?;
    /// # let root = root.path();
    /// # std::fs::create_dir(root.join("blues"))?;
    /// # std::fs::write(root.join("blues/blues.00000.wav"), "")?;
    ///
    /// let gtzan = GridDataset {
    ///     name: "mine".into(), kind: "gtzan".into(), root: root.into(), groups: None, front_end: None,
    ///     chunk_hop: None, tracks_per_genre: None,
    /// };
    /// let grid = PaperItem::Table2.grid(gtzan, true)?;
    /// let figures = PaperFigure::of(PaperItem::Table2, &grid);
    /// assert_eq!((figures[1].variant, figures[1].accuracy), (Variant::Proposed, 0.9));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(item: PaperItem, grid: &Grid) -> Vec<Self> {
        let figure = |dataset: &GridDataset, variant: Variant| {
            let percent = item.accuracy(&dataset.kind, variant)?;
            let row = variant.info().row.filter(|_| item == PaperItem::Table3);
            let row = row.map_or_else(String::new, |row| format!(", row {row}"));
            let note = format!("{}{row}.", item.title());
            Some(Self { dataset: dataset.name.clone(), variant, accuracy: percent / 100.0, note })
        };
        let of = |dataset| grid.variants.iter().filter_map(move |&variant| figure(dataset, variant));
        grid.datasets.iter().flat_map(of).collect()
    }
}

fn by_name<S: serde::Serializer>(variant: &Variant, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(variant.name())
}
