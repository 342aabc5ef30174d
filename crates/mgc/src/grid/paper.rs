//! The tables and figures of Heakl et al. (2022) as grids.

use crate::error::{GridError, Result};
use crate::grid::spec::{Grid, GridDataset, NamedRecipe};
use crate::recipe::Recipe;
use mgc_datasets::Protocol;
use mgc_nets::Variant;
use std::num::NonZeroUsize;

/// A table or figure of *A Study on Broadcast Networks for Music Genre Classification*, Heakl et al. (2022).
///
/// ```
/// use mgc::grid::PaperItem;
/// use mgc::nets::Variant;
///
/// assert_eq!(PaperItem::Table2.variants(), [Variant::Bbnn, Variant::Proposed]);
/// assert_eq!(PaperItem::Table2.accuracy("homburg", Variant::Proposed), Some(64.0));
/// assert_eq!(PaperItem::Table3.variants().len(), 15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperItem {
    /// Table II: the baseline and the proposed network on four datasets.
    Table2,
    /// Table III: the baseline and fourteen changes to it, on GTZAN.
    Table3,
    /// Figure 2: confusion matrices of the proposed network.
    Figure2,
    /// Figure 3: learning curves of the proposed network.
    Figure3,
}

/// Of a quick grid: the epochs, and the tracks of each genre at most.
const QUICK_EPOCHS: usize = 2;
const QUICK_TRACKS: Option<NonZeroUsize> = NonZeroUsize::new(12);

/// Table II: accuracy in percent of the baseline and of the proposed network.
const TABLE2: [(&str, f64, f64); 4] =
    [("gtzan", 89.0, 90.0), ("fma", 56.9, 58.3), ("homburg", 61.0, 64.0), ("extended-ballroom", 92.3, 93.1)];

impl PaperItem {
    /// Returns the networks, in the order of the paper.
    #[must_use]
    pub fn variants(self) -> Vec<Variant> {
        match self {
            Self::Table2 => vec![Variant::Bbnn, Variant::Proposed],
            Self::Table3 => Variant::ALL.into_iter().filter(|variant| variant.info().row.is_some()).collect(),
            Self::Figure2 | Self::Figure3 => vec![Variant::Proposed],
        }
    }

    /// Returns what the paper prints for a network on a kind of dataset, in percent: the best of several random
    /// splits. `None` where it prints nothing, or our sources lack it.
    #[must_use]
    pub fn accuracy(self, kind: &str, variant: Variant) -> Option<f64> {
        let line = TABLE2.iter().find(|(name, ..)| *name == kind);
        match (self, variant) {
            (Self::Table3, _) => variant.info().paper_accuracy.filter(|_| kind == "gtzan"),
            (_, Variant::Bbnn | Variant::BbnnRecoded) => line.map(|line| line.1),
            (_, Variant::Proposed) => line.map(|line| line.2),
            _ => None,
        }
    }

    /// Returns the heading: `Table II of Heakl et al. (2022)`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Table2 => "Table II of Heakl et al. (2022)",
            Self::Table3 => "Table III of Heakl et al. (2022)",
            Self::Figure2 => "Figure 2 of Heakl et al. (2022)",
            Self::Figure3 => "Figure 3 of Heakl et al. (2022)",
        }
    }

    /// Returns the heading of a report: what was trained, which is not yet what the paper prints.
    fn heading(self, dataset: &GridDataset, quick: bool) -> String {
        let networks = if self.variants().len() == 1 { "network" } else { "networks" };
        let what = if quick { format!("Quick trial of the {networks}") } else { format!("The {networks}") };
        let part = dataset.tracks_per_genre.map(|most| format!(", at most {most} tracks of each genre"));
        format!("{what} of {} on {}{}", self.title(), dataset.name, part.unwrap_or_default())
    }

    /// Describes the experiments behind the table or figure on one dataset: its networks under the protocol of
    /// the paper and, beside it, by folds that keep groups apart, where the tracks have groups, or else by plain
    /// folds.
    ///
    /// With `quick` there are three runs of two epochs instead of ten of up to a hundred, on at most 12 tracks of
    /// each genre unless the dataset states another number. That shows that the way works, and nothing about the
    /// networks.
    ///
    /// # Errors
    /// Those of opening the dataset. Nothing is written: invented music that is not there is only counted.
    pub fn grid(self, mut dataset: GridDataset, quick: bool) -> Result<Grid> {
        if quick {
            dataset.tracks_per_genre = dataset.tracks_per_genre.or(QUICK_TRACKS);
        }
        let has_groups = dataset.describe()?.tracks().iter().any(|track| track.group.is_some());
        let folds = if has_groups { Protocol::Grouped } else { Protocol::KFold };
        let named = |name: &str, recipe| NamedRecipe { name: name.into(), recipe };
        let recipe = if quick { named("quick", few_epochs()) } else { named("paper", Recipe::paper()) };
        let grid = Grid {
            title: self.heading(&dataset, quick),
            datasets: vec![dataset],
            variants: self.variants(),
            recipes: vec![recipe],
            protocols: vec![Protocol::Published, folds],
            runs: if quick { 3 } else { 10 },
            seeds: vec![1],
            split_seed: 0,
        };
        grid.check()?;
        Ok(grid)
    }

    /// Returns the table or figure of a number, as the paper counts them.
    ///
    /// # Errors
    /// [`GridError::NotInPaper`] for another number.
    pub fn table(number: u8) -> Result<Self> {
        match number {
            2 => Ok(Self::Table2),
            3 => Ok(Self::Table3),
            _ => Err(GridError::NotInPaper { what: format!("table {number}") }.into()),
        }
    }

    /// As [`table`](Self::table), for figures.
    ///
    /// # Errors
    /// [`GridError::NotInPaper`] for another number.
    pub fn figure(number: u8) -> Result<Self> {
        match number {
            2 => Ok(Self::Figure2),
            3 => Ok(Self::Figure3),
            _ => Err(GridError::NotInPaper { what: format!("figure {number}") }.into()),
        }
    }
}

fn few_epochs() -> Recipe {
    let mut recipe = Recipe::quick();
    recipe.train.epochs = QUICK_EPOCHS;
    recipe
}
