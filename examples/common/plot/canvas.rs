//! A picture is drawn once and saved in any format.

use crate::common::cli::Outcome;
use crate::common::files::{part_of, write_whole};
use crate::common::located::in_file;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use std::fs;
use std::path::Path;

/// The font of all text; embedded, so that pictures look the same everywhere.
pub(crate) const FONT: &str = "sans-serif";
/// Text and axes.
pub(crate) const INK: RGBColor = RGBColor(45, 50, 60);
/// What drawing gives.
pub(crate) type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Something that can be drawn.
pub(crate) trait Picture {
    /// Width and height, pixels.
    fn size(&self) -> (u32, u32);

    /// Draws it over the whole area.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB>;
}

/// Saves a picture as SVG if the file name ends so, otherwise as PNG.
pub(crate) fn save(picture: &impl Picture, path: &Path) -> Outcome {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| "the embedded font is unusable")?;
    if path.extension().is_some_and(|ending| ending == "svg") {
        let mut text = String::new();
        paint(picture, SVGBackend::with_string(&mut text, picture.size()))?;
        return write_whole(path, text.as_bytes());
    }
    let part = part_of(path, "png"); // the format goes by the ending
    let painted = paint(picture, BitMapBackend::new(&part, picture.size()));
    in_file(path, painted.and_then(|()| Ok(fs::rename(&part, path)?)))
}

fn paint<DB: DrawingBackend>(picture: &impl Picture, backend: DB) -> Outcome
where
    DB::ErrorType: 'static,
{
    let area = backend.into_drawing_area();
    area.fill(&WHITE)?;
    picture.draw(&area)?;
    area.present()?;
    Ok(())
}
