//! Draws a figure into a file or into memory.

use super::error::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use std::path::Path;

/// The endings of the file names that [`save`] knows.
pub const FORMATS: &[&str] = &["svg", "png"];

/// The embedded font of all text; viewers of an SVG file that lack it take their own.
pub(super) const FONT: &str = "DejaVu Sans, sans-serif";
/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(45, 50, 60);

/// The result of drawing on a backend.
pub(super) type Drawn<DB> = std::result::Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A figure of this module.
///
/// The trait is sealed: how figures are drawn is not part of the interface.
pub trait Figure: Draw {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);
}

/// Draws on any backend.
pub trait Draw {
    /// Draws the figure over the whole area.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB>;
}

/// Saves a figure in the format that the ending of `path` names.
///
/// The file is complete or absent: an existing one is replaced at once.
///
/// ```
/// use mgc::report::{ConfusionFigure, save};
/// use mgc::train::ConfusionMatrix;
///
/// let labels = ["blues".to_owned(), "jazz".to_owned()];
/// let confusion = ConfusionMatrix::new(2, &[0, 0, 1], &[0, 1, 1])?;
/// let folder = tempfile::tempdir()?;
/// save(&ConfusionFigure::new(&confusion, &labels)?, folder.path().join("confusion.svg"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Format`] for an ending that is not one of [`FORMATS`] (in either case); [`Error::Io`] when the
/// file cannot be written; [`Error::Drawing`].
pub fn save(figure: &impl Figure, path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("svg") => to_svg(figure)?.into_bytes(),
        Some("png") => to_png(figure)?,
        _ => return Err(Error::Format { path: path.into() }),
    };
    mgc_files::replace_bytes(path, &bytes).map_err(|source| Error::Io { path: path.into(), source })
}

/// Returns the text of a figure as an SVG file.
///
/// # Errors
/// [`Error::Drawing`].
pub fn to_svg(figure: &impl Figure) -> Result<String> {
    let mut text = String::new();
    paint(figure, SVGBackend::with_string(&mut text, figure.size()))?;
    Ok(text)
}

/// Returns the bytes of a figure as a PNG file, 8 bits a channel.
///
/// # Errors
/// [`Error::Drawing`].
pub fn to_png(figure: &impl Figure) -> Result<Vec<u8>> {
    let (width, height) = figure.size();
    let mut pixels = vec![0; 3 * width as usize * height as usize];
    paint(figure, BitMapBackend::with_buffer(&mut pixels, figure.size()))?;
    encode(&pixels, width, height).map_err(Error::drawing)
}

fn encode(pixels: &[u8], width: u32, height: u32) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    encoder.set_filter(png::FilterType::Up); // rows of a figure repeat
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

fn paint<DB: DrawingBackend>(figure: &impl Figure, backend: DB) -> Result<()>
where
    DB::ErrorType: 'static,
{
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| Error::Drawing("the embedded font is unusable".into()))?;
    let area = backend.into_drawing_area();
    area.fill(&WHITE).and_then(|()| figure.draw(&area)).and_then(|()| area.present()).map_err(Error::drawing)
}
