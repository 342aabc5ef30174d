//! Loss and accuracy of every epoch.

use super::canvas::{Drawn, FONT, INK, Picture};
use mgc::train::{Epoch, History, Metrics};
use plotters::coord::Shift;
use plotters::prelude::*;

const TRAIN: RGBColor = RGBColor(38, 98, 178);
const VALID: RGBColor = RGBColor(222, 110, 30);
const CUT: RGBColor = RGBColor(150, 155, 165);

/// A validation loss above so many times the highest training loss is cut off: early ones can be huge.
const WILD: f64 = 3.0;

/// A run: loss above, accuracy below, the cuts of the learning rate as dashed lines, the best epoch as a dot.
pub(crate) struct Curves<'a> {
    pub(crate) report: &'a History,
}

impl Picture for Curves<'_> {
    fn size(&self) -> (u32, u32) {
        (900, 760)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let losses = |score: fn(&Epoch) -> Option<Metrics>| {
            let scores = self.report.epochs.iter().filter_map(score);
            scores.map(|score| score.loss).filter(|loss| loss.is_finite()).fold(0.1, f64::max)
        };
        let (train, valid) = (losses(|epoch| Some(epoch.train)), losses(|epoch| epoch.valid));
        let top = 1.05 * valid.clamp(train, WILD * train);
        let panels = area.split_evenly((2, 1));
        self.panel(&panels[0], "loss", top, |score| score.loss)?;
        self.panel(&panels[1], "accuracy", 1.0, |score| score.accuracy)
    }
}

impl Curves<'_> {
    fn panel<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        name: &str,
        top: f64,
        value: impl Fn(Metrics) -> f64 + Copy,
    ) -> Drawn<DB> {
        let epochs = &self.report.epochs;
        let last = epochs.len().max(2) as f64;
        let mut chart = ChartBuilder::on(area)
            .margin(16)
            .x_label_area_size(46)
            .y_label_area_size(64)
            .build_cartesian_2d(1.0..last, 0.0..top)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(INK.mix(0.1))
            .axis_style(INK)
            .x_labels(epochs.len().clamp(2, 12))
            .x_label_formatter(&|epoch| if epoch.fract() == 0.0 { epoch.to_string() } else { String::new() })
            .x_desc("epoch")
            .y_desc(name)
            .label_style((FONT, 16, &INK))
            .axis_desc_style((FONT, 18, &INK))
            .draw()?;

        for epoch in cuts(epochs) {
            let x = (epoch.index + 1) as f64;
            chart.draw_series(DashedLineSeries::new([(x, 0.0), (x, top)], 5, 5, CUT.stroke_width(1)))?;
            let style = (FONT, 13).into_font().color(&CUT);
            let rate = Text::new(format!(" lr {}", epoch.lr), (x, 0.98 * top), style);
            chart.draw_series([rate])?;
        }
        let train = epochs.iter().map(|epoch| (epoch, Some(epoch.train)));
        let valid = epochs.iter().map(|epoch| (epoch, epoch.valid));
        let at = |(epoch, score): (&Epoch, Option<Metrics>)| {
            Some(((epoch.index + 1) as f64, value(score?).min(top)))
        };
        let lines: [(_, _, Vec<_>); 2] = [
            ("training", TRAIN, train.filter_map(at).collect()),
            ("validation", VALID, valid.filter_map(at).collect()),
        ];
        for (label, colour, line) in lines.into_iter().filter(|(_, _, line)| !line.is_empty()) {
            chart
                .draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)).point_size(2))?
                .label(label)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(2)));
        }
        if let Some(best) = self.report.best_epoch() {
            let (score, colour) = best.valid.map_or((best.train, TRAIN), |valid| (valid, VALID));
            let dot =
                Circle::new(((best.index + 1) as f64, value(score).min(top)), 6, colour.stroke_width(2));
            chart
                .draw_series([dot])?
                .label(format!("best epoch, {}", best.index + 1))
                .legend(move |(x, y)| Circle::new((x + 11, y), 5, colour.stroke_width(2)));
        }
        let position =
            if name == "loss" { SeriesLabelPosition::UpperRight } else { SeriesLabelPosition::LowerRight };
        chart
            .configure_series_labels()
            .position(position)
            .background_style(WHITE.mix(0.85))
            .border_style(INK.mix(0.25))
            .label_font((FONT, 15, &INK))
            .draw()
    }
}

/// The first epochs at a lower learning rate.
fn cuts(epochs: &[Epoch]) -> impl Iterator<Item = &Epoch> {
    epochs.windows(2).filter(|pair| pair[1].lr < pair[0].lr).map(|pair| &pair[1])
}
