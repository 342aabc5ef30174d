//! A confusion matrix.

use super::canvas::{Drawn, FONT, INK, Picture};
use mgc::train::ConfusionMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const FULL: RGBColor = RGBColor(12, 72, 140);
/// Pixels of a cell, and of the space for names on the left and on top.
const CELL: i32 = 52;
const LEFT: i32 = 150;
const TOP: i32 = 140;
const MARGIN: i32 = 24;

/// True classes in rows, predicted ones in columns; counts in the cells, colour by the share of the row.
pub(crate) struct ConfusionPlot<'a> {
    pub(crate) confusion: &'a ConfusionMatrix,
    pub(crate) labels: &'a [String],
}

impl Picture for ConfusionPlot<'_> {
    fn size(&self) -> (u32, u32) {
        let matrix = CELL * self.labels.len() as i32;
        ((LEFT + matrix + MARGIN) as u32, (TOP + matrix + MARGIN) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let style = TextStyle::from((FONT, 16).into_font()).color(&INK);
        let right = style.pos(Pos::new(HPos::Right, VPos::Center));
        let up = style.transform(FontTransform::Rotate270).pos(Pos::new(HPos::Left, VPos::Center));
        for (class, label) in self.labels.iter().enumerate() {
            let middle = CELL * class as i32 + CELL / 2;
            area.draw(&Text::new(short(label), (LEFT - 10, TOP + middle), right.clone()))?;
            area.draw(&Text::new(short(label), (LEFT + middle, TOP - 10), up.clone()))?;
            for predicted in 0..self.labels.len() {
                self.cell(area, class, predicted)?;
            }
        }
        let matrix = CELL * self.labels.len() as i32;
        let frame = [(LEFT, TOP), (LEFT + matrix, TOP + matrix)];
        area.draw(&Rectangle::new(frame, INK.mix(0.5)))?;
        area.draw(&Text::new(
            "true \\ predicted",
            (12, TOP - 18),
            style.pos(Pos::new(HPos::Left, VPos::Center)),
        ))
    }
}

impl ConfusionPlot<'_> {
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

/// From white to the full colour.
fn blend(share: f64) -> RGBColor {
    let channel = |full: u8| (255.0 + share * (f64::from(full) - 255.0)).round() as u8;
    RGBColor(channel(FULL.0), channel(FULL.1), channel(FULL.2))
}

/// What fits beside the matrix.
fn short(label: &str) -> String {
    const LONGEST: usize = 15;
    match label.chars().count() {
        0..=LONGEST => label.to_owned(),
        _ => label.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}
