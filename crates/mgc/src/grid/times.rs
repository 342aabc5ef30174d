//! What the cells of a grid have cost, as it was measured.

use crate::error::Result;
use crate::grid::cell::Cell;
use crate::grid::clock::Spent;
use crate::grid::results::{GridResults, names, write_csv};
use crate::grid::run::GridRun;
use std::path::Path;
use std::time::Duration;

/// The measured time of each finished cell of a grid, in the order of its cells.
///
/// It lies beside the results (`time.json` in each cell's folder) and not in them: two runs of one cell give the
/// same result, but never the same time.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct GridTimes {
    /// The finished cells whose time is noted.
    pub cells: Vec<CellTime>,
}

/// The measured time of one cell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CellTime {
    /// The cell.
    pub cell: Cell,
    /// Wall time of all finished epochs and of the test, over all calls. Cells that are trained at the same time
    /// share their machine.
    pub time: Duration,
    /// The processor and number of cores of each machine that trained it: `AMD EPYC 9B14, 2 cores`.
    pub machines: Vec<String>,
}

impl GridRun<'_> {
    /// Reads how long the cells with results took. A cell whose time was not noted is left out.
    ///
    /// ```
    /// # use mgc::datasets::{Synthetic, SyntheticConfig};
    /// use mgc::grid::{Grid, GridRun};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let root = tempfile::tempdir()?;
    /// # let root = root.path();
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 1, test: 1, ..Default::default() };
    /// # Synthetic::write(root.join("music"), &tiny, |_, _| ())?;
    /// # std::fs::write(root.join("grid.toml"), "variants = [\"blocks1\"]\nrecipes = [\"none\"]\n\
    /// #     protocols = [\"official\"]\n[[dataset]]\nkind = \"synthetic\"\nroot = \"music\"\n\
    /// #     front_end = \"quick\"\n[recipe.none]\nbase = \"quick\"\nepochs = 1")?;
    /// let grid = Grid::read(root.join("grid.toml"))?;
    /// let run = GridRun::new(&grid, root.join("results"));
    /// let times = run.times(&run.run(&())?);
    /// assert_eq!(times.cells.len(), 1); // one network on the dataset's own split
    /// assert!(times.total() > std::time::Duration::ZERO);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn times(&self, results: &GridResults) -> GridTimes {
        let time = |result: &crate::grid::CellResult| {
            let spent = Spent::read(&result.cell.folder(self.folder(), &result.key))?;
            Some(CellTime { cell: result.cell.clone(), time: spent.time(), machines: spent.machines })
        };
        GridTimes { cells: results.cells.iter().filter_map(time).collect() }
    }
}

impl GridTimes {
    /// The file with a row for each cell.
    pub const FILE: &'static str = "times.csv";

    /// Returns the sum of all times.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.cells.iter().map(|cell| cell.time).sum()
    }

    /// Returns the machines that trained the cells, each once, sorted.
    #[must_use]
    pub fn machines(&self) -> Vec<String> {
        let all = self.cells.iter().flat_map(|cell| cell.machines.iter().cloned());
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// Writes [`FILE`](Self::FILE) into a folder.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when the file cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        const HEADER: &str = "dataset,variant,recipe,protocol,run,of,seed,seconds,machines";
        let row = |cell: &CellTime| {
            let mut row = names(&cell.cell);
            row.extend([format!("{:.1}", cell.time.as_secs_f64()), cell.machines.join("; ")]);
            row
        };
        let header = HEADER.split(',').map(String::from).collect();
        let rows: Vec<_> = std::iter::once(header).chain(self.cells.iter().map(row)).collect();
        write_csv(&folder.as_ref().join(Self::FILE), &rows)
    }
}
