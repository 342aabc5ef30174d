//! Grids of experiments: datasets x networks x recipes x protocols x runs x seeds.
//!
//! A [`Grid`] is plain data, read from a TOML file ([`Grid::read`]) or made in code. A [`GridRun`] trains its
//! cells, one [`Experiment`](crate::experiment::Experiment) each, in a folder. A cell whose result is there is
//! not trained again, one that was interrupted goes on, and one that fails leaves its reason and stops nothing
//! else. Several processes or machines may run one grid in one folder: each trains what no other has begun, or only
//! its [`Shard`](crate::datasets::Shard). [`GridResults`] reads what is finished and summarises it, a row for each
//! line of a table.
//!
//! ```
//! use mgc::datasets::{Synthetic, SyntheticConfig};
//! use mgc::grid::{Grid, GridRun};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let root = tempfile::tempdir()?;
//! # let root = root.path();
//! let tiny = SyntheticConfig { seconds: 0.5, train: 3, valid: 0, test: 0, ..Default::default() };
//! Synthetic::write(root.join("music"), &tiny, |_, _| ())?;
//! std::fs::write(root.join("grid.toml"), r#"
//!     variants = ["remove3x3"]
//!     recipes = ["short"]
//!     protocols = ["kfold"]
//!     runs = 3
//!
//!     [[dataset]]
//!     kind = "synthetic"
//!     root = "music"
//!     front_end = "quick"
//!
//!     [recipe.short]
//!     base = "quick"
//!     epochs = 0
//! "#)?;
//! let grid = Grid::read(root.join("grid.toml"))?;
//! assert_eq!(grid.cells().len(), 3);
//! assert_eq!(grid.cells()[1].to_string(), "synthetic remove3x3 short kfold 2/3 seed 1");
//! # drop(GridRun::new(&grid, root.join("results")));
//! # Ok(())
//! # }
//! ```

mod cell;
mod clock;
pub(crate) mod computing;
mod cost;
mod file;
mod file_values;
mod groups;
mod key;
mod lock;
mod machine;
mod music;
mod observer;
mod paper;
mod pass;
mod prepared;
mod result;
mod results;
mod run;
mod spec;
mod table;
mod times;
mod train;

pub use crate::error::GridError;
pub use cell::Cell;
pub use computing::Memory;
pub use cost::Cost;
pub use observer::GridObserver;
pub use paper::PaperItem;
pub use result::{CellResult, EpochRow, TestedTrack};
pub use results::{Failure, GridResults};
pub use run::GridRun;
pub use spec::{Grid, GridDataset, NamedRecipe};
pub use table::Row;
pub use times::{CellTime, GridTimes};
