//! One quantity of a run over its epochs.

use super::canvas::{Drawn, FONT, INK};
use super::text::pixels;
use mgc_train::{Epoch, History, Metrics};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

const TRAIN: RGBColor = RGBColor(38, 98, 178);
const VALID: RGBColor = RGBColor(222, 110, 30);
const CUT: RGBColor = RGBColor(150, 155, 165);
/// Font size of learning rates.
const RATE: i32 = 13;

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Training and validation curves of one quantity.
pub(super) struct Panel<'a> {
    pub(super) history: &'a History,
    /// The description of the vertical axis.
    pub(super) name: &'a str,
    /// The upper end of the vertical axis; higher values are drawn there.
    pub(super) top: f64,
    pub(super) value: fn(Metrics) -> f64,
    pub(super) legend: SeriesLabelPosition,
}

impl Panel<'_> {
    pub(super) fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let mut chart = ChartBuilder::on(area)
            .margin(16)
            .x_label_area_size(46)
            .y_label_area_size(64)
            .build_cartesian_2d(1.0..self.last(), 0.0..self.top)?;
        self.axes(&mut chart)?;
        self.rate_cuts(&mut chart)?;
        self.line(&mut chart, "training", TRAIN, |epoch| Some(epoch.train))?;
        self.line(&mut chart, "validation", VALID, |epoch| epoch.valid)?;
        self.best(&mut chart)?;
        chart
            .configure_series_labels()
            .position(self.legend.clone())
            .background_style(WHITE.mix(0.85))
            .border_style(INK.mix(0.25))
            .label_font((FONT, 15, &INK))
            .draw()
    }

    fn axes<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(INK.mix(0.1))
            .axis_style(INK)
            .x_labels(self.history.epochs.len().clamp(2, 12))
            .x_label_formatter(&|epoch| if epoch.fract() == 0.0 { epoch.to_string() } else { String::new() })
            .x_desc("epoch")
            .y_desc(self.name)
            .label_style((FONT, 16, &INK))
            .axis_desc_style((FONT, 18, &INK))
            .draw()
    }

    /// Marks the first epochs at a lower learning rate; a label that would overlap the one before is left
    /// out.
    fn rate_cuts<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let width = f64::from(chart.plotting_area().dim_in_pixel().0);
        let mut free = 0.0;
        for pair in self.history.epochs.windows(2).filter(|pair| pair[1].lr < pair[0].lr) {
            let x = place(&pair[1]);
            let line = [(x, 0.0), (x, self.top)];
            chart.draw_series(DashedLineSeries::new(line, 5, 5, CUT.stroke_width(1)))?;
            let label = format!(" lr {}", pair[1].lr);
            let left = width * (x - 1.0) / (self.last() - 1.0);
            let right = left + f64::from(pixels(&label, RATE));
            if left >= free && right <= width {
                let style = (FONT, RATE).into_font().color(&CUT);
                chart.draw_series([Text::new(label, (x, 0.98 * self.top), style)])?;
                free = right;
            }
        }
        Ok(())
    }

    /// The right end of the horizontal axis.
    fn last(&self) -> f64 {
        self.history.epochs.len().max(2) as f64
    }

    /// Draws the curve of the scores that the epochs have, if any.
    fn line<DB: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, DB>,
        label: &str,
        colour: RGBColor,
        score: fn(&Epoch) -> Option<Metrics>,
    ) -> Drawn<DB> {
        let point = |epoch| Some((place(epoch), self.height(score(epoch)?)?));
        let points: Vec<_> = self.history.epochs.iter().filter_map(point).collect();
        if points.is_empty() {
            return Ok(());
        }
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(2))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(2)));
        Ok(())
    }

    /// Circles the best epoch.
    fn best<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let Some(best) = self.history.best_epoch() else { return Ok(()) };
        let (score, colour) = best.valid.map_or((best.train, TRAIN), |valid| (valid, VALID));
        let Some(height) = self.height(score) else { return Ok(()) };
        chart
            .draw_series([Circle::new((place(best), height), 6, colour.stroke_width(2))])?
            .label(format!("best epoch, {}", best.index + 1))
            .legend(move |(x, y)| Circle::new((x + 11, y), 5, colour.stroke_width(2)));
        Ok(())
    }

    /// The height at which a score is drawn; none for one that is not a number.
    fn height(&self, score: Metrics) -> Option<f64> {
        let value = (self.value)(score);
        (!value.is_nan()).then(|| value.min(self.top))
    }
}

/// The place of an epoch on the horizontal axis, which counts from 1.
fn place(epoch: &Epoch) -> f64 {
    (epoch.index + 1) as f64
}
