//! Reports: learning curves, confusion matrices, spectrograms and explanations as figures, scores as text.
//!
//! A figure is drawn by [`save`] into an SVG or PNG file, or in memory by [`to_svg`] and [`to_png`]. Text is
//! set in an embedded font (DejaVu Sans), so figures look the same on every machine. The same data gives the
//! same bytes.
//!
//! ```
//! use mgc::report::{ConfusionFigure, summary, to_svg};
//! use mgc::train::ConfusionMatrix;
//!
//! let labels = ["blues".to_owned(), "jazz".to_owned()];
//! let confusion = ConfusionMatrix::new(2, &[0, 0, 1, 1], &[0, 1, 1, 1])?;
//! assert!(to_svg(&ConfusionFigure::new(&confusion, &labels)?)?.contains("blues"));
//! assert_eq!(summary(&confusion), "0.75 (95 % interval 0.30-0.95; 3 of 4 right), macro-F1 0.73");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canvas;
mod confusion;
mod curves;
mod error;
mod explanation;
#[cfg(feature = "grid")]
#[cfg_attr(docsrs, doc(cfg(all(feature = "grid", feature = "report"))))]
pub mod grid;
mod heat;
mod map_panel;
mod outcome;
mod panel;
mod relief;
mod sheet;
mod spectrogram;
mod summary;
mod text;
mod ticked;
mod time_axis;
mod timeline;

pub use canvas::{FORMATS, Figure, save, to_png, to_svg};
pub use confusion::ConfusionFigure;
pub use curves::CurvesFigure;
pub use error::{Error, Result};
pub use explanation::ExplanationFigure;
pub use outcome::save_figures;
pub use sheet::SpectrogramSheet;
pub use spectrogram::SpectrogramFigure;
pub use summary::summary;
pub use timeline::TimelineFigure;
