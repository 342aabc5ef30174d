//! Confusion matrices.

use super::canvas::{Draw, Drawn, FONT, Figure, INK};
use super::error::{Error, Result};
use super::text::fitted;
use mgc_train::ConfusionMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The colour of a cell that holds its whole row.
const FULL: RGBColor = RGBColor(12, 72, 140);
/// Pixels of a cell, of the space for labels on the left and on top, and of the margin on the other sides.
const CELL: i32 = 52;
const LEFT: i32 = 150;
const TOP: i32 = 140;
const MARGIN: i32 = 24;
/// Pixels between a label and the matrix, and the font size of labels.
const GAP: i32 = 10;
const LABEL: i32 = 16;

/// A confusion matrix: true classes in rows, predicted ones in columns, counts in the cells.
///
/// The colour of a cell is its share of the row.
#[derive(Debug, Clone, Copy)]
pub struct ConfusionFigure<'a> {
    confusion: &'a ConfusionMatrix,
    labels: &'a [String],
}

impl<'a> ConfusionFigure<'a> {
    /// Makes the figure of a matrix with a label for each class; long labels are shortened.
    ///
    /// # Errors
    /// [`Error::Labels`] when there are more or fewer labels than classes.
    pub fn new(confusion: &'a ConfusionMatrix, labels: &'a [String]) -> Result<Self> {
        match labels.len() == confusion.classes() {
            true => Ok(Self { confusion, labels }),
            false => Err(Error::Labels { labels: labels.len(), classes: confusion.classes() }),
        }
    }

    /// Width and height of the cells.
    fn side(&self) -> i32 {
        CELL * self.labels.len() as i32
    }
}

impl Figure for ConfusionFigure<'_> {
    fn size(&self) -> (u32, u32) {
        ((LEFT + self.side() + MARGIN) as u32, (TOP + self.side() + MARGIN) as u32)
    }
}

impl Draw for ConfusionFigure<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        for class in 0..self.labels.len() {
            self.label(area, class)?;
            (0..self.labels.len()).try_for_each(|predicted| self.cell(area, class, predicted))?;
        }
        let frame = [(LEFT, TOP), (LEFT + self.side(), TOP + self.side())];
        area.draw(&Rectangle::new(frame, INK.mix(0.5)))?;
        let style = label_style().pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new("true \\ predicted", (12, TOP - 18), style))
    }
}

impl ConfusionFigure<'_> {
    /// Writes the label of a class to the left of its row and above its column.
    fn label<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, class: usize) -> Drawn<DB> {
        let row = label_style().pos(Pos::new(HPos::Right, VPos::Center));
        let column =
            label_style().transform(FontTransform::Rotate270).pos(Pos::new(HPos::Left, VPos::Center));
        let text = |space: i32| fitted(&self.labels[class], LABEL, (space - 2 * GAP) as u32);
        let middle = CELL * class as i32 + CELL / 2;
        area.draw(&Text::new(text(LEFT), (LEFT - GAP, TOP + middle), row))?;
        area.draw(&Text::new(text(TOP), (LEFT + middle, TOP - GAP), column))
    }

    fn cell<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        truth: usize,
        predicted: usize,
    ) -> Drawn<DB> {
        let count = self.confusion.count(truth, predicted);
        let share = count as f64 / self.confusion.support(truth).max(1) as f64;
        let (x, y) = (LEFT + CELL * predicted as i32, TOP + CELL * truth as i32);
        let square = [(x, y), (x + CELL, y + CELL)];
        area.draw(&Rectangle::new(square, blend(share).filled()))?;
        area.draw(&Rectangle::new(square, INK.mix(0.12)))?;
        if count == 0 {
            return Ok(());
        }
        let ink = if share > 0.5 { WHITE } else { INK };
        let centred = Pos::new(HPos::Center, VPos::Center);
        let style = TextStyle::from((FONT, 18).into_font()).color(&ink).pos(centred);
        area.draw(&Text::new(count.to_string(), (x + CELL / 2, y + CELL / 2), style))
    }
}

fn label_style() -> TextStyle<'static> {
    TextStyle::from((FONT, LABEL).into_font()).color(&INK)
}

/// From white to the full colour.
fn blend(share: f64) -> RGBColor {
    let channel = |full: u8| (255.0 + share * (f64::from(full) - 255.0)).round() as u8;
    RGBColor(channel(FULL.0), channel(FULL.1), channel(FULL.2))
}
